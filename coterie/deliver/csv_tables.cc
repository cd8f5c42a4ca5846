#include "coterie/deliver/csv_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "coterie/source/content_hash.h"
#include "coterie/source/ledger.h"

namespace coterie {
namespace {

// Lines gather here and go to the file a block at a time.
class Lines {
 public:
  // hash, if any, takes every byte; both must outlive this.
  explicit Lines(OutputFile& file, StreamHash* hash = nullptr) : file_(file), hash_(hash) { text_.reserve(block + 4096); }
  ~Lines() noexcept(false) { flush(); }

  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
  }
  void append(std::string_view text) { text_ += text; }
  void end_line() {
    text_ += '\n';
    if (text_.size() >= block) flush();
  }

 private:
  void flush() {
    file_.write(text_);
    if (hash_ != nullptr) hash_->add(text_);
    text_.clear();
  }

  static constexpr std::size_t block = 1 << 18;
  OutputFile& file_;
  StreamHash* hash_;
  std::string text_;
};

void add_id(Lines& lines, const CustomerIds& ids, std::size_t row) {
  if (row >= ids.numbers.size()) return lines.append(csv_field(ids.texts[row - ids.numbers.size()]));
  const fmt::format_int number(ids.numbers[row]);
  lines.append({number.data(), number.size()});
}

}  // namespace

std::string write_customer_segments(OutputFile& file, const CustomerTable& table, std::span<const std::int32_t> labels) {
  StreamHash hash;
  {
    Lines lines(file, &hash);
    lines.add("{},cluster", csv_field(table.id_name));
    lines.end_line();
    for (std::size_t row = 0; row < labels.size(); ++row) {
      add_id(lines, table.ids, row);
      const fmt::format_int label(labels[row]);
      lines.append(",");
      lines.append({label.data(), label.size()});
      lines.end_line();
    }
  }
  return hash.finish();
}

void write_segment_summary(OutputFile& file, const CustomerTable& table, const Profiles& profiles, const std::vector<SegmentName>& names,
                           const Verdict& verdict) {
  Lines lines(file);
  lines.add("cluster,segment,users,share");
  for (const std::string& name : table.names) lines.add(",{}", csv_field(name));
  lines.add(",bootstrap_jaccard,separation,verdict");
  lines.end_line();
  for (std::size_t c = 0; c < profiles.clusters.size(); ++c) {
    const ClusterProfile& profile = profiles.clusters[c];
    lines.add("{},{},{},{}", c, csv_field(names[c].name), profile.customers, profile.share);
    for (const double median : profile.medians) lines.add(",{}", median);
    if (verdict.segments.empty() || std::isnan(verdict.segments[c].separation)) lines.add(",,");  // noise is no segment
    else lines.add(",{:.4f},{:.4f}", verdict.segments[c].jaccard.mean, verdict.segments[c].separation);
    lines.add(",{}", verdict.sentence.empty() ? "" : name_of(verdict.answer));
    lines.end_line();
  }
}

void write_rfm_scores(OutputFile& file, const CustomerTable& table, const RfmScores& scores) {
  Lines lines(file);
  lines.add("{},recency_days,frequency,monetary,r,f,m,rfm_segment", csv_field(table.id_name));
  lines.end_line();
  const auto column = [&](const char* name) { return static_cast<std::size_t>(std::find(table.names.begin(), table.names.end(), name) - table.names.begin()); };
  const std::size_t recency = column("recency_days"), frequency = column("frequency"), monetary = column("monetary");
  for (std::size_t row = 0; row < scores.name.size(); ++row) {
    add_id(lines, table.ids, row);
    lines.add(",{},{},{},{},{},{},{}", table.values.at(row, recency), table.values.at(row, frequency), table.values.at(row, monetary), scores.recency[row], scores.frequency[row],
              scores.monetary[row], rfm_names[scores.name[row]]);
    lines.end_line();
  }
}

void write_features_csv(OutputFile& file, const CustomerTable& table) {
  Lines lines(file);
  lines.add("{}", csv_field(table.id_name));
  for (const std::string& name : table.names) lines.add(",{}", csv_field(name));
  lines.end_line();
  for (std::size_t row = 0; row < table.ids.size(); ++row) {
    add_id(lines, table.ids, row);
    for (std::size_t c = 0; c < table.names.size(); ++c) lines.add(",{}", table.values.at(row, c));
    lines.end_line();
  }
}

}  // namespace coterie
