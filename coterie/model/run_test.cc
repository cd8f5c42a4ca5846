// The whole way from files to files: the same bytes whatever the threads, the memory, the packing, the order of the
// files and the processor; labels that come back; and the promise of --memory.
#include "coterie/model/run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <thread>

#include "coterie/base/cpu.h"
#include "coterie/base/error.h"
#include "coterie/events/event_log_test.h"
#include "coterie/sample/events.h"
#include "coterie/sample/events_file_test.h"
#include "coterie/sample/hostile.h"

namespace coterie {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Outputs = std::map<std::string, std::string>;  // name -> content

// What a run left in its folder, without what may differ: times and memory, and where inputs lie.
Outputs outputs_of(const std::string& out, const std::string& input_folder, bool same_inputs = true) {
  Outputs outputs;
  for (const auto& entry : fs::directory_iterator(out)) {
    std::string text = content_of(entry.path().string());
    if (entry.path().filename() == "run.json") {
      Json json = Json::parse(text);
      json.erase("measured");
      for (Json& input : json["inputs"])
        for (const char* fact : {"path", "bytes", "hash", "compression"})
          if (!same_inputs || std::string(fact) == "path") input.erase(fact);
      text = json.dump(1);
    }
    if (entry.path().filename() == "report.html" && !same_inputs) text = std::regex_replace(text, std::regex(R"re("inputs":\[.*?\],"more_inputs")re"), "");
    for (std::size_t at = text.find(input_folder); at != std::string::npos; at = text.find(input_folder)) text.erase(at, input_folder.size());
    outputs[entry.path().filename().string()] = text;
  }
  return outputs;
}

void expect_same(const Outputs& a, const Outputs& b, const std::string& what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  for (const auto& [name, content] : a) {
    ASSERT_TRUE(b.contains(name)) << what;
    EXPECT_TRUE(b.at(name) == content) << name << " differs: " << what;
  }
}

RunOptions quick(std::vector<std::string> inputs, const std::string& out) {
  RunOptions options;
  options.inputs = std::move(inputs);
  options.out = out;
  options.k = {3, 4};
  options.restarts = 2;
  options.features = FeatureFormat::csv;
  options.threads = 2;
  return options;
}

std::string sample_log(std::uint64_t rows, std::uint64_t customers) {
  std::string text;
  write_events({.rows = rows, .customers = customers}, [&](std::string_view piece) { text += piece; });
  return text;
}

std::string gzipped(const std::string& text) {
  z_stream z{};
  deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, text.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data())), z.avail_in = static_cast<unsigned>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data()), z.avail_out = static_cast<unsigned>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}
std::string zstandard(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

// --- one answer ------------------------------------------------------------------------------------

TEST(Run, GivesTheSameBytesForAnyThreads) {
  const TestFolder folder;
  const HostileLog hostile = make_hostile_events({.rows = 4'000, .customers = 500});
  for (const std::string& text : {sample_log(60'000, 4'000), hostile.text}) {
    const std::string log = folder.file("log.csv", text);
    Outputs expected;
    for (const int threads : {1, 2, 3, 5}) {
      RunOptions options = quick({log}, folder.path(fmt::format("out{}", threads)));
      options.threads = threads;
      run(options);
      const Outputs outputs = outputs_of(options.out, folder.path());
      EXPECT_EQ(outputs.size(), 10u);
      if (threads == 1) expected = outputs;
      expect_same(outputs, expected, fmt::format("{} threads", threads));
    }
  }
}

TEST(Run, GivesTheSameBytesWhenEventsSpill) {
  const TestFolder folder;
  const std::string log = folder.path("log.csv");
  write_sample(log, {.rows = 6'000'000, .customers = 3'000});
  RunOptions roomy = quick({log}, folder.path("roomy"));
  EXPECT_EQ(run(roomy).spilled_bytes, 0u);
  for (const int threads : {1, 2}) {
    RunOptions tight = quick({log}, folder.path("tight"));
    tight.threads = threads;
    tight.memory_bytes = 200'000'000;
    tight.spill_directory = folder.path();
    EXPECT_GT(run(tight).spilled_bytes, 1'000'000u) << threads;
    expect_same(outputs_of(tight.out, folder.path()), outputs_of(roomy.out, folder.path()), fmt::format("{} threads", threads));
  }
}

TEST(Run, GivesTheSameBytesForParquet) {
  const TestFolder folder;
  const std::string log = folder.file("log.csv", sample_log(30'000, 2'000));
  try {
    for (const int threads : {1, 3}) {
      RunOptions options = quick({log}, folder.path(fmt::format("out{}", threads)));
      options.features = FeatureFormat::parquet;
      options.threads = threads;
      run(options);
    }
  } catch (const Error& error) {
    if (error.kind == ErrorKind::missing_library) GTEST_SKIP() << error.what();
    throw;
  }
  expect_same(outputs_of(folder.path("out3"), folder.path()), outputs_of(folder.path("out1"), folder.path()), "3 threads");
  EXPECT_TRUE(fs::exists(folder.path("out1/features.parquet")));
}

TEST(Run, GivesTheSameForPlainPackedAndPipedLogs) {
  const TestFolder folder;
  const std::string text = make_hostile_events({.rows = 3'000, .customers = 400}).text;
  const std::string plain = folder.file("log.csv", text);
  run(quick({plain}, folder.path("plain")));
  const Outputs expected = outputs_of(folder.path("plain"), plain, false);
  for (const auto& [name, bytes] : {std::pair<std::string, std::string>{"log.gz", gzipped(text)}, {"log.zst", zstandard(text)}}) {
    const std::string packed = folder.file(name, bytes);
    run(quick({packed}, folder.path("packed")));
    expect_same(outputs_of(folder.path("packed"), packed, false), expected, name);
  }
  const std::string pipe = folder.path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::jthread writer([&] { std::ofstream(pipe, std::ios::binary) << text; });
  run(quick({pipe}, folder.path("piped")));
  expect_same(outputs_of(folder.path("piped"), pipe, false), expected, "pipe");
}

TEST(Run, GivesTheSameForFilesInAnyOrderAndSegmentsForRowsInAnyOrder) {
  const TestFolder folder;
  const std::string text = sample_log(40'000, 3'000), head = text.substr(0, text.find('\n') + 1);
  std::vector<std::string> rows, paths;
  for (std::size_t at = head.size(), end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) rows.push_back(text.substr(at, end + 1 - at));
  Random random(1);
  for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random.below(i)]);
  std::string shuffled[3] = {head, head, head};
  for (std::size_t i = 0; i < rows.size(); ++i) shuffled[i % 3] += rows[i];
  for (const std::size_t i : {2, 0, 1}) paths.push_back(folder.file(fmt::format("part{}.csv", i), shuffled[i]));
  run(quick(paths, folder.path("one")));
  std::reverse(paths.begin(), paths.end());
  run(quick(paths, folder.path("other")));
  const Outputs one = outputs_of(folder.path("one"), folder.path());
  expect_same(outputs_of(folder.path("other"), folder.path()), one, "files in another order");
  run(quick({folder.file("log.csv", text)}, folder.path("sorted")));
  Outputs sorted = outputs_of(folder.path("sorted"), folder.path());
  for (const char* name : {"customer_segments.csv", "segment_summary.csv", "distributions.json", "features.csv", "model.json", "rejects.csv"})
    EXPECT_TRUE(sorted[name] == one.at(name)) << name << " depends on the order of rows";
}

// --- the program -----------------------------------------------------------------------------------

std::string program() { return (fs::read_symlink("/proc/self/exe").parent_path() / "coterie").string(); }
#define COTERIE_NEEDS_PROGRAM() \
  if (!fs::exists(program())) GTEST_SKIP() << "the program is not built"

// Runs the program; the exit code. What it prints goes to `messages`.
int run_program(std::vector<std::string> arguments, const std::string& messages, const char* instructions = nullptr) {
  arguments.insert(arguments.begin(), program());
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    if (instructions != nullptr) setenv("COTERIE_ISA", instructions, 1);
    const int file = open(messages.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    dup2(file, 1), dup2(file, 2);
    execv(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Program, GivesTheSameBytesOnThreeKindsOfProcessors) {
  COTERIE_NEEDS_PROGRAM();
  const TestFolder folder;
  const std::string log = folder.file("log.csv", sample_log(60'000, 5'000));
  Outputs expected;
  for (const char* instructions : {"plain", "avx2", "avx512"}) {
    const std::string out = folder.path(instructions), messages = folder.path("messages");
    ASSERT_EQ(run_program({"run", log, "--out", out, "--k", "3..4", "--features", "csv"}, messages, instructions), 0) << content_of(messages);
    const Json report = Json::parse(content_of(out + "/run.json"));
    if (std::string(name_of(isa())) == "avx512") { EXPECT_EQ(report["measured"]["instructions"], instructions); }
    const Outputs outputs = outputs_of(out, folder.path());
    if (expected.empty()) expected = outputs;
    expect_same(outputs, expected, instructions);
  }
}

TEST(Program, StaysWithinTheMemoryItIsGiven) {
  COTERIE_NEEDS_PROGRAM();
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizer takes memory of its own";
#endif
  const TestFolder folder;
  const std::string log = folder.path("log.csv"), messages = folder.path("messages");
  write_sample(log, {.rows = 9'000'000, .customers = 190'000});
  for (const char* threads : {"2", "4"}) {
    const std::size_t limit = 300'000'000;
    ASSERT_EQ(run_program({"run", log, "--out", folder.path("out"), "--k", "3..4", "--restarts", "3", "--memory", "300MB", "--threads", threads,
                           "--spill-dir", folder.path()}, messages), 0) << content_of(messages);
    const Json measured = Json::parse(content_of(folder.path("out/run.json")))["measured"];
    EXPECT_GT(measured["spilled_bytes"], 0) << threads;
    EXPECT_LE(measured["peak_memory_bytes"].get<std::size_t>(), limit) << threads << " threads";
    RecordProperty(std::string("peak_memory_bytes_") + threads, measured["peak_memory_bytes"].dump());
  }
}

// --- assign ----------------------------------------------------------------------------------------

TEST(Assign, ReproducesTheFittedSegmentsByteForByte) {
  const TestFolder folder;
  const std::string text = sample_log(60'000, 4'000), log = folder.file("log.csv", text);
  const RunResult fitted = run(quick({log}, folder.path("out")));
  const std::size_t header_size = text.find('\n') + 1;
  std::string shuffled = text.substr(0, header_size);
  for (std::size_t end = text.size(), begin; end > header_size; end = begin) {  // the rows from the last to the first
    begin = text.rfind('\n', end - 2) + 1;
    shuffled += text.substr(begin, end - begin);
  }
  ASSERT_EQ(shuffled.size(), text.size());
  for (const std::string& input : {log, folder.file("shuffled.csv", shuffled)})
    for (const int threads : {1, 3}) {
      const AssignResult assigned = assign_new_customers({.inputs = {input}, .model = folder.path("out"), .out = folder.path("assigned.csv"), .threads = threads});
      EXPECT_TRUE(content_of(folder.path("assigned.csv")) == content_of(folder.path("out/customer_segments.csv"))) << input;
      for (std::size_t c = 0; c < assigned.sizes.size(); ++c) EXPECT_EQ(assigned.sizes[c], fitted.profiles.clusters[c].customers);
    }
}

TEST(Assign, SaysWhichFeatureANewLogCannotGive) {
  const TestFolder folder;
  run(quick({folder.file("log.csv", sample_log(5'000, 500))}, folder.path("out")));
  const std::string bare = folder.file("bare.csv", "event_time,event_type,user_id\n2019-10-01,view,1\n");
  try {
    assign_new_customers({.inputs = {bare}, .model = folder.path("out"), .out = folder.path("assigned.csv")});
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(text_of(error), bare + ": the model uses n_sessions, and this log has no column for it\n"
                                     "  fix: give the column with --role, or fit a model on a log without it");
  }
  EXPECT_FALSE(fs::exists(folder.path("assigned.csv")));
}

// --- what cannot be done ---------------------------------------------------------------------------

TEST(Run, LeavesNothingBehindWhenItFails) {
  const TestFolder folder;
  const std::string one = folder.file("log.csv", "event_time,event_type,user_id\n2019-10-01,view,1\n2019-10-01,view,1\n");
  try {
    run(quick({one}, folder.path("out")));
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::usage);
  }
  EXPECT_FALSE(fs::exists(folder.path("out")));
}

TEST(Run, NotesWhichFeaturesAreLeftOutAndWhereKEnds) {
  const TestFolder folder;
  std::string text = "event_time,event_type,user_id\n";
  for (int customer = 0; customer < 30; ++customer)
    for (int i = 0; i <= customer % 4; ++i) text += fmt::format("2019-10-01,view,{}\n", customer);
  RunOptions options = quick({folder.file("log.csv", text)}, folder.path("out"));
  options.k = {2, 7};
  const RunResult result = run(options);
  EXPECT_EQ(result.different_rows, 4u);
  ASSERT_EQ(result.notes.size(), 2u);
  EXPECT_EQ(result.notes[0], "left out, because their columns are not there: n_sessions, unique_products, unique_categories, unique_brands, revenue, avg_price_purchased");
  EXPECT_EQ(result.notes[1], "k ends at 4 instead of 7: there are no more different rows");
}

}  // namespace
}  // namespace coterie
