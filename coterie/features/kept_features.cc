#include "coterie/features/kept_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "coterie/base/output_file.h"
#include "coterie/base/parallel.h"
#include "coterie/base/time.h"
#include "coterie/events/read_events.h"
#include "coterie/events/segment_record.h"
#include "coterie/source/content_hash.h"
#include "coterie/table/customer_ids.h"

namespace coterie {
namespace {

constexpr std::string_view magic = "COTERIEF";
constexpr std::size_t block = 4096, trailer_bytes = 32, slack = 8;
// The code of a block of a column: up to 7 the bytes of each difference from the least, then these.
enum Code : std::uint8_t { raw = 8, sparse = 9 };

// --- writing -------------------------------------------------------------------------------------------

// Whole numbers as they are; doubles that are none have no differences.
bool to_integer(std::uint64_t value, std::int64_t& integer) { return integer = static_cast<std::int64_t>(value), true; }
bool to_integer(double value, std::int64_t& integer) {
  if (!(std::abs(value) < 0x1p53) || (value == 0 && std::signbit(value))) return false;
  integer = static_cast<std::int64_t>(value);
  return static_cast<double>(integer) == value;
}

// The values' integers; empty where one is none.
template <class T>
std::vector<std::int64_t> integers_of(std::span<const T> values) {
  std::vector<std::int64_t> integers(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!to_integer(values[i], integers[i])) return {};
  return integers;
}

template <class T>
void put_sparse(std::string& out, std::span<const T> values) {
  std::string bits((values.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < values.size(); ++i)
    if (std::bit_cast<std::uint64_t>(values[i]) != 0) bits[i / 8] = static_cast<char>(bits[i / 8] | 1 << i % 8);
  out += bits;
  for (const T value : values)
    if (std::bit_cast<std::uint64_t>(value) != 0) segment::put(out, std::bit_cast<std::uint64_t>(value), 8);
}

// The shortest of the ways.
template <class T>
void put_block(std::string& out, std::span<const T> values) {
  const auto zeros = static_cast<std::size_t>(std::count_if(values.begin(), values.end(), [](T value) { return std::bit_cast<std::uint64_t>(value) == 0; }));
  const std::size_t sparse_bytes = (values.size() + 7) / 8 + 8 * (values.size() - zeros), raw_bytes = 8 * values.size();
  const std::vector<std::int64_t> integers = integers_of(values);
  if (!integers.empty()) {
    const auto [least, greatest] = std::minmax_element(integers.begin(), integers.end());
    const auto width = static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(*greatest) - static_cast<std::uint64_t>(*least)) + 7) / 8;
    if (width < 8 && 8 + width * values.size() <= std::min(sparse_bytes, raw_bytes)) {
      out += static_cast<char>(width);
      segment::put(out, static_cast<std::uint64_t>(*least), 8);
      for (const std::int64_t integer : integers) segment::put(out, static_cast<std::uint64_t>(integer) - static_cast<std::uint64_t>(*least), width);
      return;
    }
  }
  out += static_cast<char>(sparse_bytes < raw_bytes ? sparse : raw);
  if (sparse_bytes < raw_bytes) return put_sparse(out, values);
  for (const T value : values) segment::put(out, std::bit_cast<std::uint64_t>(value), 8);
}

template <class T>
std::string encode(std::span<const T> values) {
  std::string out;
  for (std::size_t begin = 0; begin < values.size(); begin += block) put_block(out, values.subspan(begin, std::min(block, values.size() - begin)));
  return out;
}

HugeArray<std::uint64_t> identifiers_of(const CustomerIds& ids) {
  HugeArray<std::uint64_t> identifiers(ids.size());
  std::copy(ids.numbers.begin(), ids.numbers.end(), identifiers.begin());
  std::transform(ids.texts.begin(), ids.texts.end(), identifiers.begin() + ids.numbers.size(), [](const std::string& text) { return identifier_of(text); });
  return identifiers;
}

// --- reading -------------------------------------------------------------------------------------------

template <class T>
T from_integer(std::uint64_t integer) {
  if constexpr (std::is_same_v<T, double>) return static_cast<double>(static_cast<std::int64_t>(integer));
  else return integer;
}

template <class T>
const char* take_sparse(const char* at, std::span<T> values) {
  const char* bits = at;
  at += (values.size() + 7) / 8;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool is_there = bits[i / 8] >> i % 8 & 1;
    values[i] = is_there ? std::bit_cast<T>(segment::load(at, 8)) : T{};
    at += is_there ? 8 : 0;
  }
  return at;
}

// Reads a block's values; returns where the next one begins. slack bytes must be readable behind it.
template <class T>
const char* take_block(const char* at, std::span<T> values) {
  const auto code = static_cast<std::uint8_t>(*at++);
  if (code == sparse) return take_sparse(at, values);
  if (code == raw) {
    std::memcpy(values.data(), at, 8 * values.size());
    return at + 8 * values.size();
  }
  const std::uint64_t least = segment::load(at, 8), mask = code == 0 ? 0 : ~std::uint64_t{0} >> (64 - 8 * code);
  at += 8;
  for (T& value : values) {
    std::uint64_t difference;
    std::memcpy(&difference, at, 8);
    value = from_integer<T>(least + (difference & mask));
    at += code;
  }
  return at;
}

template <class T>
void decode(const std::string& bytes, std::span<T> values) {
  const char* at = bytes.data();
  for (std::size_t begin = 0; begin < values.size(); begin += block) at = take_block(at, values.subspan(begin, std::min(block, values.size() - begin)));
}

std::string take_text(StoreParser& parser) { return std::string(parser.text(parser.number(4))); }

void put_text(std::string& out, std::string_view text) {
  segment::put(out, text.size(), 4);
  out += text;
}

}  // namespace

bool can_be_kept(std::span<const Feature> features) {
  return std::none_of(features.begin(), features.end(), [](const Feature& feature) { return feature.kept == Kept::nothing; });
}

std::vector<Feature> in_kept_form(std::vector<Feature> features) {
  for (Feature& feature : features)
    if (feature.kept == Kept::days_since) feature.compute = feature.since_ms;
  return features;
}

void bring_to_end(CustomerTable& kept, std::span<const Feature> features, std::int64_t log_end_ms) {
  for (std::size_t f = 0; f < features.size(); ++f)
    if (features[f].kept == Kept::days_since)
      for (double& value : kept.values.column(f)) value = days_from(value, log_end_ms);
}

std::uint64_t write_kept_features(const std::string& path, const CustomerTable& kept, std::span<const Feature> features, int threads) {
  OutputFile file(path);
  file.write(magic);
  std::string tail;
  std::uint64_t offset = magic.size();
  const std::size_t columns = features.size() + 1, batch = static_cast<std::size_t>(threads > 0 ? threads : default_threads());
  segment::put(tail, kept.ids.size(), 8);
  put_text(tail, COTERIE_VERSION);
  segment::put(tail, columns, 4);
  for (std::size_t begin = 0; begin < columns; begin += batch) {
    std::vector<std::string> encoded(std::min(batch, columns - begin));
    for_each_block(encoded.size(), threads, [&](std::size_t i, int) {
      const std::size_t c = begin + i;
      encoded[i] = c == 0 ? encode<std::uint64_t>(identifiers_of(kept.ids)) : encode<double>(kept.values.column(c - 1));
    });
    for (std::size_t i = 0; i < encoded.size(); ++i) {
      const std::size_t c = begin + i;
      put_text(tail, c == 0 ? kept.id_name : features[c - 1].name);
      segment::put(tail, static_cast<std::uint64_t>(c == 0 ? Kept::value : features[c - 1].kept), 1);
      for (const std::uint64_t number : {offset, std::uint64_t{encoded[i].size()}, xxh3(encoded[i])}) segment::put(tail, number, 8);
      file.write(encoded[i]);
      offset += encoded[i].size();
    }
  }
  segment::put(tail, offset, 8);
  segment::put(tail, kept_features_format, 8);
  const std::uint64_t checksum = xxh3(tail);
  segment::put(tail, checksum, 8);
  file.write(tail);
  file.write(magic);
  file.commit();
  return checksum;
}

KeptFeatures::KeptFeatures(std::string path, std::uint64_t checksum) : file_(std::move(path), "the store's features") { read_end(checksum); }

std::string KeptFeatures::read(std::uint64_t offset, std::uint64_t bytes) const {
  if (offset > file_.size() || bytes > file_.size() - offset) file_.fail("a part of the store's features lies beyond the file's end");
  std::string text(bytes, '\0');
  file_.read(offset, text);
  return text;
}

std::string KeptFeatures::read(const Column& column) const {
  std::string bytes = read(column.offset, column.bytes);
  if (xxh3(bytes) != column.checksum) file_.fail(fmt::format("{} does not have its checksum", column.name));
  return bytes.append(slack, '\0');
}

void KeptFeatures::read_end(std::uint64_t checksum) {
  if (file_.size() < magic.size() + trailer_bytes) file_.fail("these are no features of a store: the file is too short");
  const std::string end = read(file_.size() - trailer_bytes, trailer_bytes);
  StoreParser trailer(end, file_);
  const std::uint64_t tail_at = trailer.number(8), format = trailer.number(8), written = trailer.number(8);
  if (trailer.rest() != magic || format != kept_features_format) file_.fail(fmt::format("these are no features of a store of format {}, or the file breaks off", kept_features_format));
  if (tail_at > file_.size() - trailer_bytes) file_.fail("the parts of the store's features do not fit into the file");
  const std::string bytes = read(tail_at, file_.size() - magic.size() - 8 - tail_at);
  if (xxh3(bytes) != written || written != checksum) file_.fail("the store's features do not have their checksum");
  StoreParser tail(bytes, file_);
  customers_ = tail.number(8);
  version_ = take_text(tail);
  for (std::uint64_t left = tail.number(4); left > 0; --left) {
    Column column{.name = take_text(tail), .kept = static_cast<Kept>(tail.number(1))};
    column.offset = tail.number(8), column.bytes = tail.number(8), column.checksum = tail.number(8);
    columns_.push_back(std::move(column));
  }
}

bool KeptFeatures::has(std::span<const Feature> features) const {
  return version_ == COTERIE_VERSION && std::all_of(features.begin(), features.end(), [&](const Feature& feature) {
           return std::any_of(columns_.begin() + 1, columns_.end(), [&](const Column& column) { return column.name == feature.name && column.kept == feature.kept; });
         });
}

CustomerIds KeptFeatures::ids(const StringTable& names) const {
  HugeArray<std::uint64_t> identifiers(customers_);
  decode<std::uint64_t>(read(columns_.front()), identifiers);
  const auto numbers = static_cast<std::size_t>(std::partition_point(identifiers.begin(), identifiers.end(), [](std::uint64_t id) { return id < named_flag; }) - identifiers.begin());
  CustomerIds ids{HugeArray<std::uint64_t>(numbers), {}};
  std::copy_n(identifiers.begin(), numbers, ids.numbers.begin());
  for (std::size_t row = numbers; row < customers_; ++row) {
    const std::uint32_t code = names.find(identifiers[row]);
    if (code == StringTable::none) file_.fail("a customer's text is not in the store");
    ids.texts.emplace_back(names.text(code));
  }
  return ids;
}

void KeptFeatures::column(const std::string& name, std::span<double> values) const {
  const auto it = std::find_if(columns_.begin() + 1, columns_.end(), [&](const Column& column) { return column.name == name; });
  decode(read(*it), values);
}

CustomerTable merge_kept(const KeptFeatures& kept, const CustomerIds& known, const CustomerTable& fresh, int threads) {
  constexpr std::uint32_t is_fresh = std::uint32_t{1} << 31;
  std::vector<std::uint32_t> sources;  // a customer each: the row of `fresh`, or of what was kept
  sources.reserve(known.size() + fresh.ids.size());
  walk_together(known, fresh.ids, [&](std::size_t i, std::size_t j) { sources.push_back(j == no_row ? static_cast<std::uint32_t>(i) : static_cast<std::uint32_t>(j) | is_fresh); });
  CustomerTable table{.id_name = fresh.id_name, .ids = {}, .names = fresh.names, .is_count = fresh.is_count, .values = Matrix(sources.size(), fresh.names.size())};
  const auto place = [&](std::uint32_t source) { return std::size_t{source & ~is_fresh}; };
  const auto is_number = [&](std::uint32_t source) { return place(source) < (source & is_fresh ? fresh.ids : known).numbers.size(); };
  const auto numbers = static_cast<std::size_t>(std::partition_point(sources.begin(), sources.end(), is_number) - sources.begin());
  table.ids.numbers = HugeArray<std::uint64_t>(numbers);
  for (std::size_t row = 0; row < numbers; ++row) table.ids.numbers[row] = (sources[row] & is_fresh ? fresh.ids : known).numbers[place(sources[row])];
  for (std::size_t row = numbers; row < sources.size(); ++row) table.ids.texts.push_back((sources[row] & is_fresh ? fresh.ids : known).text(place(sources[row])));
  for_each_block(table.names.size(), threads, [&](std::size_t f, int) {
    HugeArray<double> earlier(known.size());
    kept.column(table.names[f], earlier);
    const std::span<const double> now = fresh.values.column(f);
    const std::span<double> out = table.values.column(f);
    for (std::size_t row = 0; row < sources.size(); ++row) out[row] = sources[row] & is_fresh ? now[place(sources[row])] : earlier[sources[row]];
  });
  return table;
}

}  // namespace coterie
