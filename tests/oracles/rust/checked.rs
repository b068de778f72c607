//! The vectors' checker in Rust: what passes, what fails and where, on a host of either order.
//!
//! A line each: `<host> <name> passes`, or `<host> <name> fails <row> <in what>`. Rust has no
//! compiler for a big-endian machine here, so the six designs are told which host they run on. The
//! mistakes of VMMs, and the same mended, are in mistakes.rs: the test makes it, as vectors.rs.

mod check;
mod mistakes;
mod vectors;

use check::Implementation;
use vectors::Vector;

#[derive(Clone, Copy, PartialEq)]
enum Buffer {
    Native,
    Little,
    Copied,
}

#[derive(Clone, Copy)]
struct Design {
    convert: fn(u64, usize, bool, bool) -> u64,
    buffer: Buffer,
    extends_first: bool,
    host_is_big: bool,
}

fn mask(data: u64, len: usize) -> u64 {
    data & (!0 >> (64 - 8 * len))
}

fn swab(data: u64, len: usize) -> u64 {
    data.swap_bytes() >> (64 - 8 * len)
}

/// beN_to_cpu or leN_to_cpu: swaps where the value's order is not the host's.
fn to_cpu(data: u64, len: usize, is_big: bool, host_is_big: bool) -> u64 {
    if is_big == host_is_big {
        mask(data, len)
    } else {
        swab(data, len)
    }
}

fn untouched(data: u64, _: usize, _: bool, _: bool) -> u64 {
    data
}

fn big_guests(data: u64, len: usize, guest_is_big: bool, host_is_big: bool) -> u64 {
    if guest_is_big {
        to_cpu(data, len, true, host_is_big)
    } else {
        data
    }
}

fn swabbed(data: u64, len: usize, guest_is_big: bool, _: bool) -> u64 {
    if guest_is_big {
        swab(data, len)
    } else {
        data
    }
}

impl Design {
    fn extended(&self, data: u64, v: &Vector) -> u64 {
        let sign = (1u32 << (8 * v.width - 1).min(31)) as i32 as u64; // C's mask is an int
        let data = if v.signed { (data ^ sign).wrapping_sub(sign) } else { data };
        data & (!0 >> (64 - v.register_width))
    }

    fn is_big(&self) -> bool {
        self.host_is_big && self.buffer != Buffer::Little
    }
}

impl Implementation for Design {
    fn store(&self, data: &mut [u8; 8], len: usize, reg: u64, guest_is_big: bool) -> Option<()> {
        let converted = (self.convert)(reg, len, guest_is_big, self.host_is_big);
        let size = if self.buffer == Buffer::Copied { 8 } else { len };
        let image = if self.is_big() {
            (converted << (64 - 8 * size)).to_be_bytes()
        } else {
            converted.to_le_bytes()
        };
        data[..len].copy_from_slice(&image[..len]);
        Some(())
    }

    fn load(&self, data: &[u8; 8], v: &Vector, _reg_before: u64) -> Option<u64> {
        let mut image = [0; 8];
        image[..v.width].copy_from_slice(&data[..v.width]);
        let size = if self.buffer == Buffer::Copied { 8 } else { v.width };
        let found = if self.is_big() {
            u64::from_be_bytes(image) >> (64 - 8 * size)
        } else {
            u64::from_le_bytes(image)
        };
        let convert = |data| (self.convert)(data, v.width, v.guest_is_big, self.host_is_big);
        Some(if self.extends_first {
            convert(self.extended(found, v))
        } else {
            self.extended(convert(found), v)
        })
    }
}

pub fn say(host: &str, name: &str, mine: &impl Implementation) {
    match check::check(mine) {
        None => println!("{host} {name} passes"),
        Some((row, what)) => println!("{host} {name} fails {row} {what}"),
    }
}

fn main() {
    use Buffer::{Copied, Little, Native};
    for (host, host_is_big) in [("little", false), ("big", true)] {
        let both = to_cpu;
        for (name, convert, buffer, extends_first) in [
            ("memcpy-2012", untouched as fn(u64, usize, bool, bool) -> u64, Copied, true),
            ("be-guests-2013", big_guests, Native, true),
            ("merged-2014", both, Native, true),
            ("swab", swabbed, Native, true),
            ("swab-le-buffer", swabbed, Little, true),
            ("sign-fixed-2026", both, Native, false),
        ] {
            say(host, name, &Design { convert, buffer, extends_first, host_is_big });
        }
    }
    mistakes::all();
}
