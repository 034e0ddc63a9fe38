//! A database of countries for tests: a writer of the MaxMind DB format, as small as it can be.
//! It follows the public specification of the format, version 2.0; the networks are those that RFC 5737
//! and RFC 3849 keep for documentation, and the countries are made up.

use std::net::Ipv6Addr;

/// A network and the country that is said of it.
const COUNTRIES: [(&str, u8, &str); 3] =
    [("::c000:200", 120, "DE"), ("::cb00:7100", 120, "FR"), ("2001:db8::", 32, "JP")];

/// Bits of one record of the search tree.
const RECORD_BITS: u16 = 24;
/// Zeros between the tree and the data.
const SEPARATOR: usize = 16;

/// Where a branch of the tree leads.
#[derive(Clone, Copy)]
enum Record {
    Nothing,
    Node(usize),
    Data(usize),
}

/// The bytes of a database in which 192.0.2.0/24 is `DE`, 203.0.113.0/24 is `FR`,
/// 2001:db8::/32 is `JP`.
pub fn geo_database() -> Vec<u8> {
    let mut nodes = vec![[Record::Nothing; 2]];
    let mut data = Vec::new();
    for (network, length, country) in COUNTRIES {
        let bits = u128::from(network.parse::<Ipv6Addr>().expect("an address"));
        let mut node = 0;
        for depth in 0..length {
            let side = usize::from(bits >> (127 - depth) & 1 == 1);
            if depth + 1 == length {
                nodes[node][side] = Record::Data(data.len());
            } else if let Record::Node(next) = nodes[node][side] {
                node = next;
            } else {
                nodes.push([Record::Nothing; 2]);
                let next = nodes.len() - 1;
                nodes[node][side] = Record::Node(next);
                node = next;
            }
        }
        map(&mut data, 1);
        text(&mut data, "country");
        map(&mut data, 1);
        text(&mut data, "iso_code");
        text(&mut data, country);
    }
    let mut file = Vec::new();
    for node in &nodes {
        for record in node {
            let value = match record {
                Record::Nothing => nodes.len(),
                Record::Node(next) => *next,
                Record::Data(at) => nodes.len() + SEPARATOR + at,
            };
            file.extend_from_slice(&u32::try_from(value).expect("few nodes").to_be_bytes()[1..]);
        }
    }
    file.extend([0; SEPARATOR]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    metadata(&mut file, nodes.len());
    file
}

fn metadata(file: &mut Vec<u8>, nodes: usize) {
    map(file, 9);
    text(file, "node_count");
    number(file, 6, &u32::try_from(nodes).expect("few nodes").to_be_bytes());
    for (name, value) in [
        ("record_size", RECORD_BITS),
        ("ip_version", 6),
        ("binary_format_major_version", 2),
        ("binary_format_minor_version", 0),
    ] {
        text(file, name);
        number(file, 5, &value.to_be_bytes());
    }
    text(file, "database_type");
    text(file, "Inlay-Test-Country");
    text(file, "languages");
    // An extended type: no items, and the type less 7.
    file.extend([0, 11 - 7]);
    text(file, "build_epoch");
    file.extend([8, 9 - 7]);
    file.extend(1_795_000_000_u64.to_be_bytes());
    text(file, "description");
    map(file, 0);
}

fn map(file: &mut Vec<u8>, pairs: u8) {
    file.push(7 << 5 | pairs);
}

fn text(file: &mut Vec<u8>, text: &str) {
    let length = u8::try_from(text.len()).expect("a short text");
    if length < 29 {
        file.push(2 << 5 | length);
    } else {
        file.extend([2 << 5 | 29, length - 29]);
    }
    file.extend(text.as_bytes());
}

fn number(file: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
    file.push(kind << 5 | u8::try_from(bytes.len()).expect("at most eight"));
    file.extend(bytes);
}
