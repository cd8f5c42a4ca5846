#include "coterie/base/sha256.h"

#include <openssl/evp.h>

#include <cstring>
#include <memory>
#include <stdexcept>

namespace coterie {
namespace {

using Digest = std::array<unsigned char, 32>;

// OpenSSL looks the algorithm up under a lock; once a thread is enough.
Digest sha256(std::string_view bytes) {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  thread_local const bool ready = EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  Digest digest;
  const bool done = ready && EVP_DigestInit_ex(context.get(), nullptr, nullptr) == 1 && EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
  if (!done) throw std::runtime_error("OpenSSL gives no SHA-256");
  return digest;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text(64, '0');
  std::size_t at = 0;
  for (const unsigned char byte : sha256(bytes)) {
    text[at++] = digits[byte >> 4];
    text[at++] = digits[byte & 15];
  }
  return text;
}

ShortDigest short_sha256(std::string_view bytes) {
  const Digest digest = sha256(bytes);
  ShortDigest start;
  std::memcpy(start.data(), digest.data(), sizeof(start));
  return start;
}

}  // namespace coterie
