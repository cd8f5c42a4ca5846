#include "coterie/source/bytes.h"

#include <unistd.h>

#include <cassert>
#include <utility>

#include "coterie/base/parallel.h"
#include "coterie/source/file_blocks.h"
#include "coterie/source/stream_blocks.h"

namespace coterie {
namespace {

bool is_plain_file(const RawInput& input) {
  char first[4096];
  if (!input.is_regular) return false;
  const ssize_t got = pread(input.file.number(), first, sizeof first, 0);
  const std::span<const char> bytes(first, got < 0 ? 0 : static_cast<std::size_t>(got));
  const bool is_packed = compression_of(bytes) != Compression::plain || unread_format(bytes) != nullptr;
  return !is_packed && recoding_of({bytes.data(), bytes.size()}) == Recoding::none;
}

ByteReaderOptions with_defaults(ByteReaderOptions options) {
  assert(options.block_bytes > 0);
  if (options.threads <= 0) options.threads = default_threads();
  return options;
}

}  // namespace

ByteReader::ByteReader(std::string path, ByteReaderOptions options)
    : path_(std::move(path)), options_(with_defaults(options)) {
  RawInput input = open();
  if (is_plain_file(input)) {
    auto file = std::make_unique<FileBlocks>(std::move(input), options_);
    head_ = file->head(head_bytes);
    blocks_ = std::move(file);
  } else {
    auto stream = std::make_unique<StreamBlocks>(std::move(input), options_, head_bytes);
    head_ = stream->head();
    blocks_ = std::move(stream);
    if (head_is_all()) finish_tabular();
  }
}

RawInput ByteReader::open() {
  const std::optional<TabularPath> path = tabular_path_of(path_);
  if (!path) return open_input(path_);
  tabular_format_ = path->format;
  tabular_ = std::make_unique<TabularSource>(*path);
  return tabular_->take_input();
}

// At the end of the rows: what stopped their producer stops the reading.
void ByteReader::finish_tabular() {
  const std::lock_guard lock(*finishing_);
  if (tabular_) tabular_->finish();
}

ByteReader::ByteReader(ByteReader&&) noexcept = default;
ByteReader::~ByteReader() = default;

bool ByteReader::next(Block& block, int worker) {
  const bool has_block = std::visit([&](auto& blocks) { return blocks->next(block, worker); }, blocks_);
  if (!has_block) finish_tabular();
  return has_block;
}

void ByteReader::stop() {
  std::visit([](auto& blocks) { blocks->stop(); }, blocks_);
}

Compression ByteReader::compression() const {
  const auto* stream = std::get_if<1>(&blocks_);
  return stream == nullptr ? Compression::plain : (*stream)->compression();
}

Recoding ByteReader::recoding() const {
  const auto* stream = std::get_if<1>(&blocks_);
  return stream == nullptr ? Recoding::none : (*stream)->recoding();
}

std::uint64_t ByteReader::bytes_read() const {
  return std::visit([](const auto& blocks) { return blocks->bytes_read(); }, blocks_);
}

std::optional<std::uint64_t> ByteReader::total_bytes() const {
  if (const auto* file = std::get_if<0>(&blocks_)) return (*file)->bytes();
  const RawInput& input = std::get<1>(blocks_)->input();
  return input.is_regular ? std::optional(input.bytes) : std::nullopt;
}

std::optional<Damage> ByteReader::damage() const {
  const auto* stream = std::get_if<1>(&blocks_);
  return stream == nullptr ? std::nullopt : (*stream)->damage();
}

InputFile ByteReader::facts() const {
  if (const auto* file = std::get_if<0>(&blocks_)) return {path_, (*file)->bytes(), Compression::plain, (*file)->hash()};
  const StreamBlocks& stream = *std::get<1>(blocks_);
  return {path_, stream.bytes_read(), stream.compression(), stream.hash(), tabular_format_ ? name_of(*tabular_format_) : ""};
}

}  // namespace coterie
