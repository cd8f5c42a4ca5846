#!/usr/bin/env python3
"""Reads a store by coterie/events/STORE_FORMAT.md alone.  usage: read_store.py [--features | --products] STORE

With --features: prints a line a customer, the id and the features as they are kept. With --products: prints a line a product that has words, its
code and the name of each vote in the order of the draw. Else prints a line an event: customer, milliseconds, type, session, product, category, brand, millionths; sorted. Texts stand for
identifiers where the store has them. Checks the counts of trailer, directory and manifest, and the order of customers and events."""
import json
import pathlib
import struct
import sys

NONE = 2**64 - 1
TYPES = ["view", "cart", "remove_from_cart", "purchase"]


def number(data, at, size):
    return int.from_bytes(data[at:at + size], "little"), at + size


def order_of(x):
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9 % 2**64
    x = (x ^ x >> 27) * 0x94d049bb133111eb % 2**64
    return x ^ x >> 31


def read_text(data, at, size):
    length, at = number(data, at, size)
    return data[at:at + length].decode(), at + length


def read_products(data, at):
    """{identifier: (code, [(place, name)])}"""
    products = {}
    count, at = number(data, at, 8)
    for _ in range(count):
        product, at = number(data, at, 8)
        assert not products or product > max(list(products)[-1:])
        lowest, at = number(data, at, 8)
        code, at = read_text(data, at, 1)
        count_of_votes, at = number(data, at, 1)
        votes, name = [], None
        for _ in range(count_of_votes):
            place, at = number(data, at, 8)
            text, at = read_text(data, at, 1)
            name = text or name
            votes.append((place, name))
        assert votes == sorted(votes) and count_of_votes <= 5 and (not votes or votes[0][0] >= lowest)
        products[product] = (code, votes)
    return products, at


def read_lists(data, at):
    lists = []
    for _ in range(3):
        count, at = number(data, at, 8)
        words = []
        for _ in range(count):
            value, at = number(data, at, 8)
            text, at = read_text(data, at, 4)
            words.append((value, text))
        assert words == sorted(words)
        lists.append(words)
    products, at = read_products(data, at)
    rows, at = number(data, at, 8)
    return lists, products, at + 16 * rows


def read_item(data, at, categories, brands):
    header, at = data[at], at + 1
    product, price, category, brand = header & 3, header >> 2 & 3, header >> 4 & 3, header >> 6
    p, at = number(data, at, [0, 4, 8][product])
    amount, at = number(data, at, [0, 3, 8][price])
    if price == 2 and amount >= 2**63:
        amount -= 2**64
    c, at = number(data, at, [1, 4, 8, 0][category])
    b, at = number(data, at, [2, 4, 8, 1][brand])
    return (p if product else NONE, categories[c][0] if category < 2 else c, brands[b][0] if brand < 2 else b,
            None if price == 0 else amount * 10000 if price == 1 else amount), at


def read_history(data, at, count, items):
    seconds, session, item, events = 0, NONE, None, []
    for _ in range(count):
        header, at = data[at], at + 1
        how_session, how_time, how_item = header >> 2 & 3, header >> 4 & 3, header >> 6
        if how_session == 2:
            session, at = number(data, at, 8)
        elif how_session == 1:
            session = NONE
        time, at = number(data, at, [1, 2, 4, 8][how_time])
        if how_time == 3:
            time -= 2**64 if time >= 2**63 else 0
            seconds = int(time / 1000)
        else:
            seconds = time if how_time == 2 else seconds + time
            time = 1000 * seconds
        if how_item:
            item, at = number(data, at, [0, 2, 4][how_item])
        events.append((time, header & 3, session, *items[item]))
    return events, at


def read_segment(path, out, products):
    data = path.read_bytes()
    assert data[:8] == data[-8:] == b"COTERIE1"
    trailer = struct.unpack("<QQqq4QQQIIQ8s", data[-104:])
    events, customers, first, last, by_type, texts, directory, bits, version = *trailer[:4], trailer[4:8], *trailer[8:12]
    assert version == 2
    (categories, brands, names), products_here, end = read_lists(data, texts)
    for product, (code, votes) in products_here.items():
        products[product] = (code, sorted({place: name for place, name in votes + products.get(product, (code, []))[1]}.items())[:5])
    assert end == directory and directory + 40 * 2**bits == len(data) - 104
    text = dict(categories + brands)
    codes = {product: code for product, (code, _) in products_here.items() if code}
    name = dict(names)
    seen, counted, types, times, before = 0, 0, [0] * 4, [], -1
    for p in range(2**bits):
        begin, size, _, of_partition, people = struct.unpack("<5Q", data[directory + 40 * p:directory + 40 * p + 40])
        if size == 0:
            continue
        count, at = number(data, begin, 4)
        items = []
        for _ in range(count):
            item, at = read_item(data, at, categories, brands)
            items.append(item)
        index = [struct.unpack("<QII", data[at + 16 * c:at + 16 * c + 16]) for c in range(people)]
        at += 16 * people
        for customer, number_of_events, size_of_history in index:
            assert order_of(customer) > before and order_of(customer) >> (64 - bits) == p if bits else True
            before = order_of(customer)
            history, end = read_history(data, at, number_of_events, items)
            assert end == at + size_of_history and [e[0] for e in history] == sorted(e[0] for e in history)
            at = end
            for time, kind, session, product, category, brand, price in history:
                types[kind] += 1
                times.append(time)
                out.append((str(name.get(customer, customer)), time, TYPES[kind], session, codes.get(product, product), text.get(category, category), text.get(brand, brand), price))
            counted += number_of_events
        assert at == begin + size
        seen += people
    assert (seen, counted) == (customers, events) and types == list(by_type) and (min(times), max(times)) == (first, last)
    return events


def read_block(data, at, size, is_double):
    code, at = data[at], at + 1
    whole = "<d" if is_double else "<Q"
    if code == 8:
        return [struct.unpack(whole, data[at + 8 * i:at + 8 * i + 8])[0] for i in range(size)], at + 8 * size
    if code == 9:
        bits, at = data[at:at + (size + 7) // 8], at + (size + 7) // 8
        values = []
        for i in range(size):
            there = bits[i // 8] >> i % 8 & 1
            values.append(struct.unpack(whole, data[at:at + 8])[0] if there else 0)
            at += 8 * there
        return values, at
    least = struct.unpack("<q", data[at:at + 8])[0]
    return [least + int.from_bytes(data[at + 8 + code * i:at + 8 + code * (i + 1)], "little") for i in range(size)], at + 8 + code * size


def read_features(path, checksum):
    data = path.read_bytes()
    assert data[:8] == data[-8:] == b"COTERIEF"
    at, version, check = struct.unpack("<3Q", data[-32:-8])
    assert version == 1 and f"{check:016x}" == checksum

    def text(at):
        size, at = number(data, at, 4)
        return data[at:at + size].decode(), at + size

    customers, at = number(data, at, 8)
    _, at = text(at)
    count, at = number(data, at, 4)
    columns = []
    for c in range(count):
        name, at = text(at)
        kept, begin, size, _ = struct.unpack("<B3Q", data[at:at + 25])
        at += 25
        values, end = [], begin
        while len(values) < customers:
            block, end = read_block(data, end, min(4096, customers - len(values)), c > 0)
            values += block
        assert end == begin + size
        columns.append([f"{name}:{kept}", *values])
    assert at == len(data) - 32
    for row in zip(*columns):
        print(*row, sep=",")


def main():
    folder = pathlib.Path(sys.argv[-1])
    manifest = json.loads((folder / "store.json").read_text())
    assert manifest["format"] == 2 and sorted(p.name for p in folder.iterdir()) == sorted(["store.json", *manifest["segments"], *["features"][:manifest["features"] is not None]])
    if "--features" in sys.argv:
        return read_features(folder / "features", manifest["features"])
    out, products = [], {}
    total = sum(read_segment(folder / name, out, products) for name in manifest["segments"])
    assert total == sum(i["rows"]["used"] for i in manifest["inputs"])
    if "--products" in sys.argv:
        return [print(code or product, *(name for _, name in votes), sep=";") for product, (code, votes) in sorted(products.items())]
    for line in sorted(out, key=lambda e: tuple(map(str, e))):
        print(*line, sep=",")


main()
