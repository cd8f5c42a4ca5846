#include "coterie/source/file_blocks.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <exception>
#include <utility>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"

namespace coterie {
namespace {

constexpr std::size_t direct_alignment = 4096;  // of offset, size and memory; enough for every disk
constexpr int reader_threads = 2;               // a third adds nothing (measured)
constexpr std::uint64_t smallest_for_direct = 64 << 20;  // smaller files are better off cached for the next run

std::size_t round_up(std::size_t n) { return (n + direct_alignment - 1) / direct_alignment * direct_alignment; }

[[noreturn]] void fail_on_shrinking(const std::string& name) {
  throw Error(ErrorKind::damaged_input, "the file became shorter while it was read",
              "read it when nothing writes to it, or read a copy", name);
}

bool is_in_page_cache(int file, std::uint64_t offset, std::size_t size) {
  static const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t before = offset % page, mapped = before + size;
  void* map = mmap(nullptr, mapped, PROT_READ, MAP_SHARED, file, static_cast<off_t>(offset - before));  // never touched
  if (map == MAP_FAILED) return false;
  std::vector<unsigned char> resident((mapped + page - 1) / page);
  const bool told = mincore(map, mapped, resident.data()) == 0;
  munmap(map, mapped);
  return told && std::all_of(resident.begin(), resident.end(), [](unsigned char flags) { return flags & 1; });
}

FileDescriptor reopen_direct(const FileDescriptor& file) {
  return FileDescriptor(open(fmt::format("/proc/self/fd/{}", file.number()).c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
}

}  // namespace

FileBlocks::FileBlocks(RawInput input, ByteReaderOptions options)
    : input_(std::move(input)),
      direct_file_(reopen_direct(input_.file)),
      options_(options),
      block_count_(block_count(input_.bytes, options.block_bytes)),
      ask_cache_(options.access == FileAccess::automatic && input_.bytes >= smallest_for_direct),
      direct_works_(direct_file_ && options.access != FileAccess::buffered),
      piece_digests_(block_count(input_.bytes, hash_piece_bytes)),
      own_buffers_(static_cast<std::size_t>(options.threads)) {
  if (options_.access == FileAccess::direct) start_ring();
}

FileBlocks::~FileBlocks() { stop(); }

void FileBlocks::stop() {
  const std::lock_guard lock(mutex_);
  next_ = block_count_;
  if (ring_) ring_->stop();
}

std::string FileBlocks::head(std::size_t bytes) const {
  std::string head(std::min<std::uint64_t>(bytes, input_.bytes), '\0');
  read_buffered(head.data(), {0, head.size()});
  return head;
}

std::string FileBlocks::hash() const { return content_hash(piece_digests_); }

FileBlocks::Range FileBlocks::own_bytes(std::size_t index) const {
  const auto [begin, end] = block_range(index, input_.bytes, options_.block_bytes);
  return {begin, end - begin};
}

std::size_t FileBlocks::lookahead_of(std::size_t index) const {
  const Range own = own_bytes(index);
  return std::min<std::uint64_t>(options_.max_row_bytes, input_.bytes - own.offset - own.size);
}

std::size_t FileBlocks::buffer_bytes() const {
  return std::min<std::uint64_t>(options_.block_bytes + options_.max_row_bytes, input_.bytes) + readable_beyond + 3 * direct_alignment;
}

// --- the workers -----------------------------------------------------------------------------------

bool FileBlocks::next(Block& block, int worker) {
  assert(worker >= 0 && worker < options_.threads);
  if (take_index(block.index)) {
    read_own(block, worker);
  } else if (BlockRing* ahead = ring(); ahead == nullptr || !ahead->next(block, worker)) {
    return false;
  }
  bytes_read_ += block.size;
  return true;
}

bool FileBlocks::take_index(std::size_t& index) {
  const std::lock_guard lock(mutex_);
  if (ring_ || next_ >= block_count_) return false;
  index = next_++;
  return true;
}

BlockRing* FileBlocks::ring() {
  const std::lock_guard lock(mutex_);
  return ring_.get();
}

void FileBlocks::read_own(Block& block, int worker) try {
  auto& buffer = own_buffers_[static_cast<std::size_t>(worker)];
  if (buffer.empty()) buffer = HugeArray<char>(buffer_bytes());
  const Range own = own_bytes(block.index);
  block.offset = own.offset;
  block.size = own.size;
  block.lookahead = lookahead_of(block.index);
  block.data = read_for_worker(buffer.data(), {own.offset, own.size + block.lookahead});
  hash_pieces(own, block.data);
} catch (...) {
  stop();
  throw;
}

const char* FileBlocks::read_for_worker(char* buffer, Range range) {
  if (!ask_cache_) return read_buffered(buffer, range);
  if (read_cached(buffer, range)) return buffer;
  start_ring();
  return read_from_disk(buffer, range);
}

// --- reading ahead ---------------------------------------------------------------------------------

void FileBlocks::start_ring() {
  const std::lock_guard lock(mutex_);
  if (ring_) return;
  ring_ = std::make_unique<BlockRing>(BlockRingOptions{
      .buffers = static_cast<std::size_t>(options_.threads) + 2 * reader_threads,
      .buffer_bytes = buffer_bytes(),
      .block_bytes = options_.block_bytes,
      .max_row_bytes = options_.max_row_bytes,
      .workers = options_.threads,
      .first_block = next_,
      .block_count = block_count_});
  for (int i = 0; i < reader_threads; ++i) readers_.emplace_back([this, ahead = ring_.get()] { read_ahead(*ahead); });
}

// The lookahead is copied from the next block, unless a row may be longer than a block.
void FileBlocks::read_ahead(BlockRing& ahead) {
  const bool with_lookahead = options_.max_row_bytes > options_.block_bytes;
  while (const auto empty = ahead.claim()) {
    try {
      const Range own = own_bytes(empty->index);
      const std::size_t lookahead = with_lookahead ? lookahead_of(empty->index) : 0;
      const Range range = {own.offset, own.size + lookahead};
      const bool cached = ask_cache_ && read_cached(empty->buffer, range);
      char* data = cached ? empty->buffer : read_from_disk(empty->buffer, range);
      hash_pieces(own, data);
      ahead.fill(*empty, {data, own.size, lookahead, !with_lookahead});
    } catch (...) {
      return ahead.fail(empty->index, std::current_exception());
    }
  }
}

// --- ways to read ----------------------------------------------------------------------------------

char* FileBlocks::read_from_disk(char* buffer, Range range) {
  char* data = direct_works_ ? read_direct(buffer, range) : nullptr;
  return data != nullptr ? data : read_buffered(buffer, range);
}

char* FileBlocks::read_buffered(char* buffer, Range range) const {
  for (std::size_t done = 0; done < range.size;) {
    const ssize_t got = pread(input_.file.number(), buffer + done, range.size - done, static_cast<off_t>(range.offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_to_read(input_.name, errno);
    if (got == 0) fail_on_shrinking(input_.name);
    done += static_cast<std::size_t>(got);
  }
  return buffer;
}

// Asking costs no reading; RWF_NOWAIT alone would start read-ahead into the cache for what is not there.
// mincore() calls all of a file cached that is neither ours nor writable: then RWF_NOWAIT finds out.
bool FileBlocks::read_cached(char* buffer, Range range) {
  if (!is_in_page_cache(input_.file.number(), range.offset, range.size)) return false;
  for (std::size_t done = 0; done < range.size;) {
    const iovec part = {buffer + done, range.size - done};
    const ssize_t got = preadv2(input_.file.number(), &part, 1, static_cast<off_t>(range.offset + done), RWF_NOWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EOPNOTSUPP) return read_buffered(buffer, range) != nullptr;
    if (got < 0) ask_cache_ = false;  // its answers are not to be trusted
    if (got <= 0) return false;
    done += static_cast<std::size_t>(got);
  }
  return true;
}

char* FileBlocks::read_direct(char* buffer, Range range) {
  const std::size_t before = range.offset % direct_alignment;
  const std::size_t wanted = before + range.size;
  char* aligned = buffer + (round_up(reinterpret_cast<std::size_t>(buffer)) - reinterpret_cast<std::size_t>(buffer));
  for (std::size_t done = 0; done < wanted;) {
    const ssize_t got = pread(direct_file_.number(), aligned + done, round_up(wanted) - done,
                              static_cast<off_t>(range.offset - before + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EIO) fail_to_read(input_.name, errno);
    if (got < 0) direct_works_ = false;
    if (got < 0) return nullptr;
    done += static_cast<std::size_t>(got);
    if (done < wanted && (got == 0 || done % direct_alignment != 0)) fail_on_shrinking(input_.name);
  }
  return aligned + before;
}

// --- the fingerprint -------------------------------------------------------------------------------

// Hashes the pieces that start in this block; from memory if they end in it too (always, with blocks of 4 MiB).
void FileBlocks::hash_pieces(Range own, const char* data) {
  for (std::size_t piece = block_count(own.offset, hash_piece_bytes); piece * hash_piece_bytes < own.offset + own.size; ++piece) {
    const auto [begin, end] = block_range(piece, input_.bytes, hash_piece_bytes);
    if (end <= own.offset + own.size) {
      piece_digests_[piece] = xxh3({data + (begin - own.offset), end - begin});
    } else {
      std::vector<char> whole(end - begin);
      piece_digests_[piece] = xxh3({read_buffered(whole.data(), {begin, whole.size()}), whole.size()});
    }
  }
}

}  // namespace coterie
