//! A right implementation, for any host: it never asks for the host's order. And how to check it:
//!
//! python -m kvmendian vectors --format rust > vectors.rs && rustc example.rs && ./example
//! (with check.rs beside it)

mod check;
#[allow(dead_code)]
mod vectors;

struct Right;

fn from_bytes(data: &[u8; 8], len: usize, big: bool) -> u64 {
    (0..len).fold(0, |v, i| v | u64::from(data[if big { len - 1 - i } else { i }]) << (8 * i))
}

fn to_bytes(data: &mut [u8; 8], len: usize, big: bool, value: u64) {
    for i in 0..len {
        data[if big { len - 1 - i } else { i }] = (value >> (8 * i)) as u8;
    }
}

impl check::Implementation for Right {
    fn store(&self, data: &mut [u8; 8], len: usize, reg: u64, guest_is_big: bool) -> Option<()> {
        Some(to_bytes(data, len, guest_is_big, reg))
    }

    fn load(&self, data: &[u8; 8], v: &vectors::Vector, _reg_before: u64) -> Option<u64> {
        let mut reg = from_bytes(data, v.width, v.guest_is_big);
        if v.signed && reg >> (8 * v.width - 1) != 0 {
            reg |= !0 << (8 * v.width - 1);
        }
        Some(if v.register_width == 32 { reg & 0xffff_ffff } else { reg })
    }

    fn device_write(&self, data: &[u8; 8], len: usize, device_is_big: bool) -> Option<u64> {
        Some(from_bytes(data, len, device_is_big))
    }

    fn device_read(&self, data: &mut [u8; 8], len: usize, big: bool, v: Option<u64>) -> Option<()> {
        Some(to_bytes(data, len, big, v.unwrap_or(0))) // or all ones: KVM loads what is there
    }
}

fn main() {
    match check::check(&Right) {
        None => println!("{} vectors pass", vectors::VECTORS.len()),
        Some((number, what)) => {
            println!("vector {number} fails in {what}: {:x?}", vectors::VECTORS[number]);
            std::process::exit(1);
        }
    }
}
