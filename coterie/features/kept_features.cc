#include "coterie/features/kept_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

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
constexpr std::size_t block = kept_block, trailer_bytes = 32, slack = 8;
// The code of a block of a column: up to 7 the bytes of each difference from the least, then these.
enum Code : std::uint8_t { raw = 8, sparse = 9 };

// --- writing -------------------------------------------------------------------------------------------

// What a block's values are like.
struct Survey {
  bool whole = true;  // all of them whole numbers within +-2^53 (identifiers: always), and none is -0
  std::int64_t least = std::numeric_limits<std::int64_t>::max(), greatest = std::numeric_limits<std::int64_t>::min();
  std::size_t zeros = 0;  // of all bits

  void add(std::int64_t integer) { least = std::min(least, integer), greatest = std::max(greatest, integer); }
};

Survey survey_of(std::span<const std::uint64_t> values) {
  Survey survey;
  for (const std::uint64_t value : values) survey.add(static_cast<std::int64_t>(value)), survey.zeros += value == 0;
  return survey;
}

// Without a branch a value.
Survey survey_of(std::span<const double> values) {
  constexpr std::int64_t limit = std::int64_t{1} << 53;
  Survey survey;
  std::uint64_t differences = 0;
  for (const double value : values) {
    const auto integer = static_cast<std::int64_t>(std::min(0x1p62, std::max(-0x1p62, value)));  // of NaN: any
    differences |= std::bit_cast<std::uint64_t>(static_cast<double>(integer)) ^ std::bit_cast<std::uint64_t>(value);
    survey.add(integer), survey.zeros += std::bit_cast<std::uint64_t>(value) == 0;
  }
  survey.whole = differences == 0 && survey.least > -limit && survey.greatest < limit;
  return survey;
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

// Each value's 8 bytes are written over those that the one before it does not need.
template <class T>
void put_differences(std::string& out, std::span<const T> values, std::int64_t least, std::size_t width) {
  std::array<char, 8 * block + slack> bytes;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint64_t difference = static_cast<std::uint64_t>(static_cast<std::int64_t>(values[i])) - static_cast<std::uint64_t>(least);
    std::memcpy(bytes.data() + i * width, &difference, 8);
  }
  out.append(bytes.data(), width * values.size());
}

// The shortest of the ways.
template <class T>
void put_block(std::string& out, std::span<const T> values) {
  const Survey survey = survey_of(values);
  const std::size_t sparse_bytes = (values.size() + 7) / 8 + 8 * (values.size() - survey.zeros), raw_bytes = 8 * values.size();
  if (survey.whole) {
    const auto width = static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(survey.greatest) - static_cast<std::uint64_t>(survey.least)) + 7) / 8;
    if (width < 8 && 8 + width * values.size() <= std::min(sparse_bytes, raw_bytes)) {
      out += static_cast<char>(width);
      segment::put(out, static_cast<std::uint64_t>(survey.least), 8);
      return put_differences(out, values, survey.least, width);
    }
  }
  out += static_cast<char>(sparse_bytes < raw_bytes ? sparse : raw);
  if (sparse_bytes < raw_bytes) return put_sparse(out, values);
  out.append(reinterpret_cast<const char*>(values.data()), raw_bytes);
}

// In place of what `out` holds, whose memory is used again.
template <class T>
void encode(std::span<const T> values, std::string& out) {
  out.clear();
  for (std::size_t begin = 0; begin < values.size(); begin += block) put_block(out, values.subspan(begin, std::min(block, values.size() - begin)));
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

std::string take_text(StoreParser& parser) { return std::string(parser.text(parser.number(4))); }

void put_text(std::string& out, std::string_view text) {
  segment::put(out, text.size(), 4);
  out += text;
}

}  // namespace

bool can_be_kept(std::span<const Feature> features) {
  return std::none_of(features.begin(), features.end(), [](const Feature& feature) { return feature.kept == Kept::nothing; });
}

std::vector<Feature> in_kept_form(std::span<const Feature> features) {
  std::vector<Feature> form(features.begin(), features.end());
  for (Feature& feature : form)
    if (feature.since_ms != nullptr) feature.compute = feature.since_ms;
  for (const Feature& feature : features)
    if (feature.beside.compute != nullptr) form.push_back({.name = feature.beside.name, .kind = FeatureKind::ratio, .definition = "", .compute = feature.beside.compute, .needs = feature.needs, .kept = Kept::value});
  return form;
}

CustomerTable bring_to_end(KeptTable kept, std::span<const Feature> features, std::int64_t log_end_ms) {
  std::size_t next_beside = 0;
  for (std::size_t f = 0; f < features.size(); ++f) {
    const std::span<const double> beside = features[f].beside.compute == nullptr ? std::span<const double>() : std::as_const(kept.beside).column(next_beside++);
    if (features[f].since_ms == nullptr) continue;
    const std::span<double> values = kept.customers.values.column(f);
    for (std::size_t row = 0; row < values.size(); ++row) {
      const double less = features[f].kept == Kept::days_less ? beside[row] : 0;
      values[row] = std::isnan(values[row]) ? 0 : days_from(values[row], log_end_ms) - less;
    }
  }
  return std::move(kept.customers);
}

std::vector<std::size_t> expired(const KeptFeatures& kept, std::size_t customers, std::span<const Feature> features, std::int64_t log_end_ms) {
  std::vector<std::size_t> rows;
  HugeArray<char> room;
  HugeArray<double> until(customers);
  for (const Feature& feature : features) {
    if (feature.kept != Kept::until) continue;
    kept.column(feature.beside.name, room).take(until);
    for (std::size_t row = 0; row < customers; ++row)
      if (until[row] != 0 && until[row] < static_cast<double>(log_end_ms)) rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

namespace {

// The features, then what is beside them.
template <class Table>
auto column_of(Table& kept, std::size_t column) {
  const std::size_t features = kept.customers.values.columns();
  return column < features ? kept.customers.values.column(column) : kept.beside.column(column - features);
}

}  // namespace

std::uint64_t write_kept_features(const std::string& path, const KeptTable& kept, std::span<const Feature> in_kept_form, int threads) {
  OutputFile file(path);
  file.write(magic);
  std::string tail;
  std::uint64_t offset = magic.size();
  const std::size_t columns = in_kept_form.size() + 1, batch = static_cast<std::size_t>(threads > 0 ? threads : default_threads());
  segment::put(tail, kept.customers.ids.size(), 8);
  put_text(tail, COTERIE_VERSION);
  segment::put(tail, columns, 4);
  std::vector<std::string> encoded(batch);
  for (std::size_t begin = 0; begin < columns; begin += batch) {
    const std::size_t size = std::min(batch, columns - begin);
    for_each_block(size, threads, [&](std::size_t i, int) {
      const std::size_t c = begin + i;
      if (c == 0) encode<std::uint64_t>(identifiers_of(kept.customers.ids), encoded[i]);
      else encode<double>(column_of(kept, c - 1), encoded[i]);
    });
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t c = begin + i;
      put_text(tail, c == 0 ? kept.customers.id_name : in_kept_form[c - 1].name);
      segment::put(tail, static_cast<std::uint64_t>(c == 0 ? Kept::value : in_kept_form[c - 1].kept), 1);
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
  require_within(offset, bytes);
  std::string text(bytes, '\0');
  file_.read(offset, text);
  return text;
}

void KeptFeatures::require_within(std::uint64_t offset, std::uint64_t bytes) const {
  if (offset > file_.size() || bytes > file_.size() - offset) file_.fail("a part of the store's features lies beyond the file's end");
}

const char* KeptFeatures::read(const Column& column, HugeArray<char>& room) const {
  require_within(column.offset, column.bytes);
  if (room.size() < column.bytes + slack) room = HugeArray<char>(column.bytes + slack);
  const std::span<char> bytes(room.data(), column.bytes);
  file_.read(column.offset, bytes);
  if (xxh3({bytes.data(), bytes.size()}) != column.checksum) file_.fail(fmt::format("{} does not have its checksum", column.name));
  return bytes.data();
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
  HugeArray<char> room;
  KeptColumn<std::uint64_t> column(read(columns_.front(), room), customers_);
  HugeArray<std::uint64_t> identifiers(customers_);
  column.take(identifiers);
  const auto numbers = static_cast<std::size_t>(std::partition_point(identifiers.begin(), identifiers.end(), [](std::uint64_t id) { return id < named_flag; }) - identifiers.begin());
  CustomerIds ids{{}, {}};
  for (std::size_t row = numbers; row < customers_; ++row) {
    const std::uint32_t code = names.find(identifiers[row]);
    if (code == StringTable::none) file_.fail("a customer's text is not in the store");
    ids.texts.emplace_back(names.text(code));
  }
  if (numbers == customers_) {
    ids.numbers = std::move(identifiers);
  } else {
    ids.numbers = HugeArray<std::uint64_t>(numbers);
    std::copy_n(identifiers.begin(), numbers, ids.numbers.begin());
  }
  return ids;
}

KeptColumn<double> KeptFeatures::column(const std::string& name, HugeArray<char>& room) const {
  const auto it = std::find_if(columns_.begin() + 1, columns_.end(), [&](const Column& column) { return column.name == name; });
  return {read(*it, room), customers_};
}

template <class T>
void KeptColumn<T>::take(std::span<T> values) {
  while (!values.empty()) {
    std::size_t n = std::min(values.size(), ready_.size() - at_ready_);
    if (n > 0) {
      std::copy_n(ready_.begin() + static_cast<std::ptrdiff_t>(at_ready_), n, values.begin());
      at_ready_ += n;
    } else if (n = std::min(block, left_); n <= values.size()) {
      at_ = take_block(at_, values.first(n));
      left_ -= n;
    } else {
      decode_ahead(), n = 0;
    }
    values = values.subspan(n);
  }
}

template <class T>
void KeptColumn<T>::skip(std::size_t values) {
  while (values > 0) {
    if (at_ready_ == ready_.size()) decode_ahead();
    const std::size_t n = std::min(values, ready_.size() - at_ready_);
    at_ready_ += n, values -= n;
  }
}

template <class T>
void KeptColumn<T>::decode_ahead() {
  ready_.resize(std::min(block, left_)), at_ready_ = 0;
  at_ = take_block<T>(at_, ready_);
  left_ -= ready_.size();
}

template class KeptColumn<double>;
template class KeptColumn<std::uint64_t>;

namespace {

// Some of the known customers, one after the other, and behind them one that was computed anew.
struct Run {
  std::size_t known = 0;       // how many
  std::size_t replaced = 0;    // 1 where the known one behind them is the same customer
  std::size_t fresh = no_row;  // none at the end
};

std::vector<Run> runs_of(const CustomerIds& known, const CustomerIds& fresh) {
  std::vector<Run> runs(1);
  walk_together(known, fresh, [&](std::size_t i, std::size_t j) {
    if (j == no_row) ++runs.back().known;
    else runs.back().replaced = i != no_row, runs.back().fresh = j, runs.emplace_back();
  });
  return runs;
}

CustomerIds merge_ids(const CustomerIds& known, const CustomerIds& fresh) {
  std::size_t numbers = 0;
  walk_together(known, fresh, [&](std::size_t i, std::size_t j) { numbers += i != no_row ? i < known.numbers.size() : j < fresh.numbers.size(); });
  CustomerIds ids{HugeArray<std::uint64_t>(numbers), {}};
  std::size_t row = 0;
  walk_together(known, fresh, [&](std::size_t i, std::size_t j) {
    const CustomerIds& from = i != no_row ? known : fresh;
    const std::size_t place = i != no_row ? i : j;
    if (row < numbers) ids.numbers[row++] = from.numbers[place];
    else ids.texts.push_back(from.text(place));
  });
  return ids;
}

}  // namespace

KeptTable merge_kept(const KeptFeatures& kept, const CustomerIds& known, const KeptTable& fresh, std::span<const Feature> in_kept_form, int threads) {
  const CustomerTable& now = fresh.customers;
  const std::vector<Run> runs = runs_of(known, now.ids);
  KeptTable table{{.id_name = now.id_name, .ids = merge_ids(known, now.ids), .names = now.names, .is_count = now.is_count, .values = {}}, {}};
  table.customers.values = Matrix(table.customers.ids.size(), now.values.columns());
  table.beside = Matrix(table.customers.ids.size(), fresh.beside.columns());
  std::vector<HugeArray<char>> rooms(static_cast<std::size_t>(threads > 0 ? threads : default_threads()));
  for_each_block(in_kept_form.size(), threads, [&](std::size_t c, int worker) {
    KeptColumn<double> earlier = kept.column(in_kept_form[c].name, rooms[static_cast<std::size_t>(worker)]);
    const std::span<const double> anew = column_of(fresh, c);
    std::span<double> out = column_of(table, c);
    for (const Run& run : runs) {
      earlier.take(out.first(run.known));
      out = out.subspan(run.known);
      if (run.fresh == no_row) break;
      earlier.skip(run.replaced);
      out[0] = anew[run.fresh], out = out.subspan(1);
    }
  });
  return table;
}

}  // namespace coterie
