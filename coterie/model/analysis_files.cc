#include "coterie/model/analysis_files.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <fstream>

#include "coterie/base/error.h"
#include "coterie/source/content_hash.h"
#include "coterie/source/duckdb.h"

namespace coterie {
namespace {

// The columns of the run that DuckDB reads where they lie.
struct RunColumns {
  std::vector<std::size_t> customers;  // the exported ones
  std::vector<std::int64_t> row, clusters, held_out;
};

RunColumns columns_of(const SavedRun& run, const Audience& audience, const HoldOut& hold_out) {
  RunColumns columns;
  for (std::size_t customer = 0; customer < run.customers(); ++customer) {
    if (audience.outcomes[customer] != Outcome::exported) continue;
    columns.customers.push_back(customer);
    columns.row.push_back(static_cast<std::int64_t>(customer));
    columns.clusters.push_back(run.labels[customer]);
    columns.held_out.push_back(is_held_out(run.ids.text(customer), hold_out.share_of(run.segment_of(customer)), hold_out.seed));
  }
  return columns;
}

void add_run(DuckDb& duckdb, const SavedRun& run, const RunColumns& columns) {
  const std::size_t rows = columns.customers.size();
  duckdb.add_columns("run_columns", {{"row", std::span<const std::int64_t>(columns.row)},
                                     {"id", TextColumn{rows, [&, id = std::string()](std::size_t r) mutable { return std::string_view(id = run.ids.text(columns.customers[r])); }}},
                                     {"cluster", std::span<const std::int64_t>(columns.clusters)},
                                     {"segment", TextColumn{rows, [&](std::size_t r) { return std::string_view(run.segment_of(columns.customers[r])); }}},
                                     {"hold_out", std::span<const std::int64_t>(columns.held_out)}});
}

std::string features_table(const SavedRun& run) {
  namespace fs = std::filesystem;
  if (fs::exists(run.folder + "/features.parquet")) return fmt::format("read_parquet({})", sql_text(run.folder + "/features.parquet"));
  if (fs::exists(run.folder + "/features.csv")) return fmt::format("read_csv({}, header = true)", sql_text(run.folder + "/features.csv"));
  return "";
}

// The id is a number where the features have it as one.
std::string select_customers(DuckDb& duckdb, const SavedRun& run) {
  const std::string id = sql_name(run.id_name), features = features_table(run);
  const std::string own = "r.cluster, r.segment, r.hold_out = 1 AS hold_out";
  if (features.empty()) return fmt::format("SELECT r.id AS {}, {} FROM run_columns() r ORDER BY r.row", id, own);
  const SqlResult type = duckdb.query(fmt::format("SELECT column_type FROM (DESCRIBE SELECT {} FROM {})", id, features));
  return fmt::format("SELECT CAST(r.id AS {}) AS {}, {}, f.* EXCLUDE ({}) FROM run_columns() r LEFT JOIN {} f ON CAST(f.{} AS VARCHAR) = r.id ORDER BY r.row", type.text(0, 0), id, own, id,
                     features, id);
}

std::string segments_table(const SavedRun& run) {
  std::string rows;
  for (std::size_t c = 0; c < run.model.k; ++c)
    rows += fmt::format("{}({}, {}, {})", rows.empty() ? "" : ", ", c, sql_text(run.model.segments[c].name), sql_text(run.model.segments[c].because));
  return fmt::format("SELECT v.cluster, v.segment, v.because, count(c.cluster) AS customers FROM (VALUES {}) v(cluster, segment, because) LEFT JOIN out.customers c ON c.cluster = v.cluster "
                     "GROUP BY ALL HAVING count(c.cluster) > 0 ORDER BY v.cluster", rows);
}

// Of the bytes as they are: a ByteReader would take a database or a Parquet file for a table to read.
WrittenFile facts_of(const OutputFolder& folder, const std::string& name, std::uint64_t rows) {
  std::ifstream file(folder.file(name), std::ios::binary);
  WrittenFile facts{.name = name, .rows = rows, .bytes = 0, .hash = {}};
  StreamHash hash;
  std::vector<char> part(hash_piece_bytes);
  while (file.read(part.data(), static_cast<std::streamsize>(part.size())), file.gcount() > 0) {
    hash.add({part.data(), static_cast<std::size_t>(file.gcount())});
    facts.bytes += static_cast<std::uint64_t>(file.gcount());
  }
  facts.hash = hash.finish();
  return facts;
}

}  // namespace

std::vector<WrittenFile> write_analysis_files(Platform platform, const SavedRun& run, const Audience& audience, const HoldOut& hold_out, const OutputFolder& folder) {
  const RunColumns columns = columns_of(run, audience, hold_out);
  const bool as_parquet = platform == Platform::parquet;
  const std::string name = as_parquet ? "customers.parquet" : "customers.duckdb";
  DuckDb duckdb({.threads = 1});
  add_run(duckdb, run, columns);
  const std::string customers = select_customers(duckdb, run);
  if (as_parquet) {
    duckdb.execute(fmt::format("COPY ({}) TO {} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)", customers, sql_text(folder.file(name))));
  } else {
    duckdb.execute(fmt::format("ATTACH {} AS out", sql_text(folder.file(name))));
    duckdb.execute(fmt::format("CREATE TABLE out.customers AS {}", customers));
    duckdb.execute(fmt::format("CREATE TABLE out.segments AS {}", segments_table(run)));
    duckdb.execute("DETACH out");
  }
  return {facts_of(folder, name, columns.customers.size())};
}

}  // namespace coterie
