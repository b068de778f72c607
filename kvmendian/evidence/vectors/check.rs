//! Hold an implementation against the vectors: all of it, or the half that you have.
//!
//! Make vectors.rs first: python -m kvmendian vectors --format rust > vectors.rs

use crate::vectors::{Vector, VECTORS};

/// `data` is mmio.data, 8 bytes of which `len` count. What you do not have returns None.
pub trait Implementation {
    // KVM's half, or yours where you complete a load yourself: the guest's register and data.
    fn store(&self, _: &mut [u8; 8], _len: usize, _reg: u64, _guest_is_big: bool) -> Option<()> {
        None
    }
    /// `v` has width, guest_is_big, signed and register_width of the access.
    fn load(&self, _: &[u8; 8], _v: &Vector, _reg_before: u64) -> Option<u64> {
        None
    }
    // The VMM's half: data and the device's register. A last None: no device claims the address.
    fn device_write(&self, _: &[u8; 8], _len: usize, _device_is_big: bool) -> Option<u64> {
        None
    }
    fn device_read(&self, _: &mut [u8; 8], _len: usize, _big: bool, _: Option<u64>) -> Option<()> {
        None
    }
}

fn failure(mine: &impl Implementation, v: &Vector) -> Option<&'static str> {
    let laid = |bytes: &[u8]| {
        let mut data = [0xee; 8]; // what nobody wrote
        data[..bytes.len()].copy_from_slice(bytes);
        data
    };
    let is = |data: &[u8; 8]| data[..v.width] == *v.data;
    let filled = |data: &[u8; 8], fill| data[..v.width].iter().all(|&byte| byte == fill);
    let mut data = laid(&[]);
    let (wide, big_guest) = (v.width, v.guest_is_big);
    if v.is_store && mine.store(&mut data, wide, v.register, big_guest).is_some() && !is(&data) {
        return Some("store");
    }
    for (big, seen) in [(false, v.little_device), (true, v.big_device)] {
        data = laid(if v.is_store { v.data } else { &[] });
        if v.is_store {
            if mine.device_write(&data, wide, big).map_or(false, |got| got != seen) {
                return Some("device_write");
            }
        } else if mine.device_read(&mut data, wide, big, Some(seen)).is_some() {
            if !is(&data) {
                return Some("device_read");
            }
            mine.device_read(&mut data, wide, big, None); // the last answer is still there
            if !filled(&data, 0) && !filled(&data, 0xff) {
                return Some("device_read, unclaimed");
            }
        }
    }
    let loaded = if v.is_store { None } else { mine.load(&laid(v.data), v, 0xdeadbeefcafef00d) };
    loaded.filter(|&got| got != v.register).map(|_| "load")
}

/// Return the number of the first vector that fails, and the function that does; None if none does.
pub fn check(mine: &impl Implementation) -> Option<(usize, &'static str)> {
    VECTORS.iter().enumerate().find_map(|(number, v)| failure(mine, v).map(|what| (number, what)))
}
