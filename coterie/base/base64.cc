#include "coterie/base/base64.h"

#include <openssl/evp.h>

#include <algorithm>

namespace coterie {
namespace {

constexpr std::size_t block = 3 << 20;  // OpenSSL counts in int

const unsigned char* raw(const void* p) { return static_cast<const unsigned char*>(p); }

}  // namespace

std::string base64(std::span<const std::byte> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // and the zero that OpenSSL puts behind
  std::size_t written = 0;
  for (std::size_t at = 0; at < bytes.size(); at += block)
    written += static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()) + written, raw(bytes.data() + at), static_cast<int>(std::min(block, bytes.size() - at))));
  text.resize(written);
  return text;
}

std::optional<std::vector<std::byte>> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  constexpr std::size_t text_block = block / 3 * 4;
  std::vector<std::byte> bytes(text.size() / 4 * 3);
  std::size_t written = 0;
  for (std::size_t at = 0; at < text.size(); at += text_block) {
    const int count = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()) + written, raw(text.data() + at), static_cast<int>(std::min(text_block, text.size() - at)));
    if (count < 0) return std::nullopt;
    written += static_cast<std::size_t>(count);
  }
  for (std::size_t i = text.size(); i > 0 && text[i - 1] == '=' && text.size() - i < 2; --i) --written;
  bytes.resize(written);
  return bytes;
}

}  // namespace coterie
