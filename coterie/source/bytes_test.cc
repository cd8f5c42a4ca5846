#include "coterie/source/bytes.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "coterie/base/error.h"
#include "coterie/base/failure_test.h"
#include "coterie/base/folders_test.h"
#include "coterie/base/output_file.h"
#include "coterie/base/random.h"

namespace coterie {
namespace {

namespace fs = std::filesystem;

std::string random_bytes(std::size_t size, std::uint64_t seed, unsigned kinds = 16) {
  Random random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>('a' + random.below(kinds));
  return bytes;
}

std::string gzipped(std::string_view bytes) {
  z_stream zlib{};
  deflateInit2(&zlib, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&zlib, bytes.size()) + 64, '\0');
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  zlib.avail_in = static_cast<uInt>(bytes.size());
  zlib.next_out = reinterpret_cast<Bytef*>(packed.data());
  zlib.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&zlib, Z_FINISH), Z_STREAM_END);
  packed.resize(zlib.total_out);
  deflateEnd(&zlib);
  return packed;
}

std::string zstd_packed(std::string_view bytes, int level = 3) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  packed.resize(ZSTD_compress2(context, packed.data(), packed.size(), bytes.data(), bytes.size()));
  ZSTD_freeCCtx(context);
  return packed;
}

const std::string skippable_frame = std::string("\x53\x2a\x4d\x18\x05\0\0\0hello", 13);

// Writes bytes into a pipe in random pieces from a thread; path() is readable once.
class Pipe {
 public:
  Pipe(std::string bytes, std::uint64_t seed) {
    std::signal(SIGPIPE, SIG_IGN);
    if (pipe(ends_) != 0) throw std::runtime_error("pipe");
    writer_ = std::jthread([this, bytes = std::move(bytes), seed] { write_all(bytes, seed); });
  }
  ~Pipe() { close(ends_[0]); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(ends_[0]); }

 private:
  void write_all(std::string_view bytes, std::uint64_t seed) {
    Random random(seed);
    while (!bytes.empty()) {
      const std::size_t size = std::min<std::size_t>(bytes.size(), 1 + random.below(random.below(2) == 0 ? 10 : 100000));
      const ssize_t written = write(ends_[1], bytes.data(), size);
      if (written <= 0) break;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    close(ends_[1]);
  }
  int ends_[2];
  std::jthread writer_;
};

// All blocks' own bytes, put together; each block's shape and lookahead are checked against the whole.
std::string read_all(ByteReader& reader, const ByteReaderOptions& options) {
  struct Copy {
    Block block;
    std::string bytes;
  };
  std::map<std::size_t, Copy> copies;
  std::mutex mutex;
  std::atomic<unsigned> beyond = 0;
  const auto work = [&](int worker) {
    for (Block block; reader.next(block, worker);) {
      const char* end = block.data + block.size + block.lookahead;
      for (std::size_t i = 0; i < readable_beyond; ++i) beyond += static_cast<unsigned char>(end[i]);
      std::string bytes(block.data, end);
      const std::lock_guard lock(mutex);
      EXPECT_TRUE(copies.try_emplace(block.index, Copy{block, std::move(bytes)}).second);
    }
  };
  {
    std::vector<std::jthread> workers;
    for (int worker = 0; worker < reader.threads(); ++worker) workers.emplace_back(work, worker);
  }
  std::string all;
  for (const auto& [index, copy] : copies) {
    EXPECT_EQ(copy.block.offset, index * options.block_bytes);
    EXPECT_EQ(copy.block.offset, all.size());
    all += copy.bytes.substr(0, copy.block.size);
  }
  for (const auto& [index, copy] : copies) {
    const std::size_t end = copy.block.offset + copy.block.size;
    EXPECT_EQ(end, std::min(copy.block.offset + options.block_bytes, all.size()));
    EXPECT_EQ(copy.block.lookahead, std::min(options.max_row_bytes, all.size() - end));
    EXPECT_EQ(copy.bytes.substr(copy.block.size), all.substr(end, copy.block.lookahead));
  }
  return all;
}

struct Result {
  std::string bytes;
  std::optional<Damage> damage;
  InputFile facts;
};

Result read_path(const std::string& path, ByteReaderOptions options = {}) {
  ByteReader reader(path, options);
  const std::string head(reader.head());
  Result result = {read_all(reader, options), reader.damage(), reader.facts()};
  EXPECT_EQ(head, result.bytes.substr(0, 64 << 10));
  EXPECT_EQ(reader.bytes_read(), result.facts.bytes);
  return result;
}

TEST(ByteReader, GivesTheSameBlocksFromAnyInputForAnyBlockSizeAndThreads) {
  const TestFolder folder;
  Random random(1);
  for (int round = 0; round < 60; ++round) {
    const std::size_t size = random.below(3) == 0 ? random.below(10) : random.below(300000);
    const std::string bytes = random_bytes(size, static_cast<std::uint64_t>(round));
    const ByteReaderOptions options = {.threads = 1 + static_cast<int>(random.below(4)),
                                       .block_bytes = 500 + random.below(random.below(2) == 0 ? 10000 : 300000),
                                       .max_row_bytes = random.below(3) == 0 ? 0 : random.below(20000)};
    SCOPED_TRACE(testing::Message() << "round " << round << ", " << size << " bytes, blocks of " << options.block_bytes
                                    << ", rows of " << options.max_row_bytes << ", threads " << options.threads);
    const std::string plain = folder.file("plain", bytes);
    for (auto access : {FileAccess::automatic, FileAccess::buffered, FileAccess::direct}) {
      auto with_access = options;
      with_access.access = access;
      EXPECT_EQ(read_path(plain, with_access).bytes, bytes);
    }
    const Pipe pipe(bytes, random.bits());
    EXPECT_EQ(read_path(pipe.path(), options).bytes, bytes);
    const std::size_t cut = random.below(size + 1);
    const auto two = [&](auto pack) { return pack(bytes.substr(0, cut)) + pack(bytes.substr(cut)); };
    const std::string gzip = two(gzipped), zstd = two([](auto part) { return zstd_packed(part); });
    EXPECT_EQ(read_path(folder.file("misleading.zst", gzip), options).bytes, bytes);
    EXPECT_EQ(read_path(folder.file("misleading.gz", skippable_frame + zstd), options).bytes, bytes);
    const Pipe gzip_pipe(gzip, random.bits()), zstd_pipe(zstd, random.bits());
    EXPECT_EQ(read_path(gzip_pipe.path(), options).bytes, bytes);
    EXPECT_EQ(read_path(zstd_pipe.path(), options).bytes, bytes);
  }
}

TEST(ByteReader, ReadsALargeFileThatIsPartlyCached) {
  const TestFolder folder;
  const std::string bytes = random_bytes(70 << 20, 3);
  const std::string path = folder.file("large", bytes);
  const FileDescriptor file(open(path.c_str(), O_RDONLY));
  fsync(file.number());
  posix_fadvise(file.number(), 20 << 20, 30 << 20, POSIX_FADV_DONTNEED);
  for (int threads : {1, 2, 3}) {
    const Result result = read_path(path, {.threads = threads});
    EXPECT_TRUE(result.bytes == bytes);
  }
}

TEST(ByteReader, AnEmptyFileHasNoBlocks) {
  const TestFolder folder;
  const Result result = read_path(folder.file("empty", ""));
  EXPECT_EQ(result.bytes, "");
  EXPECT_FALSE(result.damage);
  EXPECT_EQ(read_path(folder.file("empty.gz", gzipped(""))).bytes, "");
  EXPECT_EQ(read_path(folder.file("empty.zst", zstd_packed(""))).bytes, "");
}

TEST(ByteReader, TheHashIsThatOfTheRawBytesHoweverTheyAreRead) {
  const TestFolder folder;
  const std::string bytes = random_bytes(9'300'000, 5);
  StreamHash expected;
  expected.add(bytes);
  const std::string hash = expected.finish(), path = folder.file("plain", bytes);
  for (std::size_t block : {1u << 20, 3u << 20, 4u << 20, 5u << 20, 8u << 20})
    for (auto access : {FileAccess::buffered, FileAccess::direct})
      EXPECT_EQ(read_path(path, {.threads = 2, .block_bytes = block, .access = access}).facts.hash, hash);
  const Pipe pipe(bytes, 1);
  EXPECT_EQ(read_path(pipe.path()).facts.hash, hash);
}

TEST(ByteReader, FactsTellTheSizeAndFormatAsStored) {
  const TestFolder folder;
  const std::string bytes = random_bytes(100000, 5), gzip = gzipped(bytes), zstd = zstd_packed(bytes);
  const InputFile facts = read_path(folder.file("a", gzip)).facts;
  EXPECT_EQ(facts.path, folder.path("a"));
  EXPECT_EQ(facts.bytes, gzip.size());
  EXPECT_EQ(facts.format, Compression::gzip);
  EXPECT_EQ(read_path(folder.file("b", zstd)).facts.format, Compression::zstd);
  EXPECT_EQ(read_path(folder.file("c", bytes)).facts.format, Compression::plain);
  EXPECT_EQ(ByteReader(folder.path("b")).total_bytes(), zstd.size());
  EXPECT_EQ(ByteReader(folder.path("c")).total_bytes(), bytes.size());
  EXPECT_EQ(ByteReader(Pipe("abc", 1).path()).total_bytes(), std::nullopt);
}

// Cuts at every byte: all data and no damage where the stream may end, damage and a prefix elsewhere.
void check_cuts(const std::string& packed, const std::string& bytes, const std::map<std::size_t, std::size_t>& whole_at) {
  const TestFolder folder;
  for (std::size_t cut = 0; cut <= packed.size(); ++cut) {
    if (cut == 1 && packed[0] == '(') continue;  // one "(" is not taken for a cut zstd file
    SCOPED_TRACE(testing::Message() << "cut at " << cut << " of " << packed.size());
    const Result result = read_path(folder.file("cut", packed.substr(0, cut)), {.threads = 2, .block_bytes = 1000, .max_row_bytes = 100});
    const auto whole = whole_at.find(cut);
    EXPECT_EQ(result.damage.has_value(), whole == whole_at.end());
    EXPECT_TRUE(bytes.starts_with(result.bytes));
    EXPECT_TRUE(whole == whole_at.end() || result.bytes.size() == whole->second);
    EXPECT_TRUE(!result.damage || result.damage->offset == cut);
  }
}

TEST(ByteReader, AGzipFileCutAnywhereIsNoticed) {
  const std::string first = random_bytes(3000, 7), second = random_bytes(500, 8);
  const std::string packed = gzipped(first);
  check_cuts(packed + gzipped(second), first + second,
             {{0, 0}, {packed.size(), first.size()}, {packed.size() + gzipped(second).size(), 3500}});
}

TEST(ByteReader, AZstdFileCutAnywhereIsNoticed) {
  const std::string first = random_bytes(3000, 7), second = random_bytes(500, 8);
  const std::string one = zstd_packed(first), two = one + skippable_frame, three = two + zstd_packed(second);
  check_cuts(three, first + second, {{0, 0}, {one.size(), 3000}, {two.size(), 3000}, {three.size(), 3500}});
}

TEST(ByteReader, ACutLosesNothingThatWasDecodable) {
  const TestFolder folder;
  const std::string bytes = random_bytes(2 << 20, 9, 2);  // long matches wait in the decoder when the input ends
  const std::string gzip = gzipped(bytes), zstd = zstd_packed(bytes, 1);
  const auto largest = read_path(folder.file("a", gzip.substr(0, gzip.size() - 9)));
  EXPECT_GT(largest.bytes.size() + 300, bytes.size());
  EXPECT_TRUE(largest.damage);
  const auto no_checksum = read_path(folder.file("b", zstd.substr(0, zstd.size() - 4)), {.block_bytes = 1000});
  EXPECT_TRUE(no_checksum.bytes == bytes);
  EXPECT_TRUE(no_checksum.damage);
}

TEST(ByteReader, AFlippedBitGivesDamageOrTheTruth) {
  const TestFolder folder;
  const std::string bytes = random_bytes(2000, 7);
  for (const std::string& packed : {gzipped(bytes), zstd_packed(bytes)}) {
    for (std::size_t at = 4; at < packed.size(); ++at) {
      std::string flipped = packed;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
      const Result result = read_path(folder.file("flipped", flipped), {.threads = 1, .block_bytes = 999});
      EXPECT_TRUE(result.damage || result.bytes == bytes) << at;
      EXPECT_EQ(result.facts.bytes, packed.size());  // read and hashed to the end
    }
  }
}

TEST(ByteReader, ZstdBlocksBeforeACorruptOneAreDelivered) {
  const TestFolder folder;
  constexpr std::size_t block = 128 << 10;
  std::string bytes(8 * block, '\0');
  Random random(4);
  for (char& byte : bytes) byte = static_cast<char>(random.bits());  // incompressible: blocks are stored as they are
  std::string packed = zstd_packed(bytes);
  const std::size_t header = packed.find(bytes.substr(0, 50));
  ASSERT_NE(header, std::string::npos);
  packed[header + 5 * (block + 3) - 3] |= 6;  // the type of the sixth block: reserved
  const Result result = read_path(folder.file("a.zst", packed));
  EXPECT_EQ(result.bytes.size(), 5 * block);
  EXPECT_TRUE(bytes.starts_with(result.bytes));
  EXPECT_TRUE(result.damage);
}

TEST(ByteReader, GarbageBehindTheStreamIsDamage) {
  const TestFolder folder;
  const std::string bytes = random_bytes(5000, 7);
  for (const std::string& packed : {gzipped(bytes), zstd_packed(bytes)}) {
    for (const std::string& garbage : {std::string("x"), std::string(10, '\0'), std::string("garbage that is long")}) {
      const Result result = read_path(folder.file("garbage", packed + garbage));
      EXPECT_EQ(result.bytes, bytes);
      ASSERT_TRUE(result.damage);
      EXPECT_GE(result.damage->offset, packed.size());
    }
  }
}

TEST(ByteReader, WhatCannotBeOpenedIsAMissingInput) {
  const TestFolder folder;
  EXPECT_EQ(kind_of_failure([&] { ByteReader(folder.path("nothing")); }), ErrorKind::missing_input);
  EXPECT_EQ(kind_of_failure([&] { ByteReader(folder.path()); }), ErrorKind::missing_input);
  const std::string secret = folder.file("secret", "x");
  fs::permissions(secret, fs::perms::none);
  if (geteuid() == 0) setfsuid(65534);
  EXPECT_EQ(kind_of_failure([&] { ByteReader{secret}; }), ErrorKind::missing_input);
  if (geteuid() == 0) setfsuid(0);
}

TEST(ByteReader, OtherArchivesAreRefusedByName) {
  const TestFolder folder;
  const std::string path = folder.file("a.csv", "PK\3\4 and so on");
  EXPECT_EQ(kind_of_failure([&] { ByteReader{path}; }), ErrorKind::usage);
}

TEST(ByteReader, AFileThatShrinksIsADamagedInputAndNoCrash) {
  const TestFolder folder;
  for (auto access : {FileAccess::buffered, FileAccess::direct}) {
    const std::string path = folder.file("shrinking", random_bytes(40'000'000, 1));
    ByteReader reader(path, {.threads = 1, .block_bytes = 100'000, .access = access});
    Block block;
    EXPECT_TRUE(reader.next(block, 0));
    fs::resize_file(path, 20'000'123);
    EXPECT_EQ(kind_of_failure([&] { while (reader.next(block, 0)); }), ErrorKind::damaged_input);
    EXPECT_FALSE(reader.next(block, 0));
  }
}

TEST(ByteReader, CanBeDestroyedWhileNobodyWritesToItsPipe) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const std::string start = random_bytes(64 << 10, 1);
  ASSERT_EQ(write(ends[1], start.data(), start.size()), static_cast<ssize_t>(start.size()));
  {
    // The first chunk is filled whole, so the head of a silent pipe is waited for: here it ends by size.
    std::jthread rest([&] {
      const std::string more = random_bytes(200 << 10, 2);
      for (std::size_t done = 0; done < more.size();)
        done += static_cast<std::size_t>(std::max<ssize_t>(0, write(ends[1], more.data() + done, more.size() - done)));
    });
    ByteReader reader("/proc/self/fd/" + std::to_string(ends[0]), {.threads = 1});
    std::jthread worker([&] {
      Block block;
      EXPECT_FALSE(reader.next(block, 0));
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    reader.stop();
  }
  close(ends[0]);
  close(ends[1]);
}

TEST(ByteReader, StopEndsAllWorkers) {
  const TestFolder folder;
  const std::string bytes = random_bytes(1 << 20, 1);
  for (const std::string& path : {folder.file("plain", bytes), folder.file("gz", gzipped(bytes))}) {
    for (auto access : {FileAccess::buffered, FileAccess::direct}) {
      ByteReader reader(path, {.threads = 2, .block_bytes = 1000, .access = access});
      Block block;
      EXPECT_TRUE(reader.next(block, 0));
      reader.stop();
      EXPECT_FALSE(reader.next(block, 0));
      EXPECT_FALSE(reader.next(block, 1));
    }
  }
}

TEST(ByteReader, ReadsStandardInputAlsoWhenItIsAFile) {
  const TestFolder folder;
  const std::string bytes = random_bytes(300000, 1), path = folder.file("plain", bytes);
  const int before = dup(STDIN_FILENO);
  const FileDescriptor file(open(path.c_str(), O_RDONLY));
  dup2(file.number(), STDIN_FILENO);
  for (auto access : {FileAccess::buffered, FileAccess::direct}) {
    ByteReader reader("-", {.threads = 2, .block_bytes = 10000, .access = access});
    EXPECT_EQ(reader.total_bytes(), bytes.size());
    EXPECT_EQ(read_all(reader, {.block_bytes = 10000}), bytes);
  }
  lseek(STDIN_FILENO, 1000, SEEK_SET);  // something has read from it before: the rest is the input
  ByteReader rest("-", {.threads = 2, .block_bytes = 10000});
  EXPECT_EQ(read_all(rest, {.block_bytes = 10000}), bytes.substr(1000));
  dup2(before, STDIN_FILENO);
  close(before);
}

}  // namespace
}  // namespace coterie
