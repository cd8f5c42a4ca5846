// What a customer spends. Sums are integers of millionths, so no order of addition shows; of 128 bits, because two
// prices of nine million millions are more than 64 hold.
#include "coterie/features/feature.h"

namespace coterie {
namespace {

__extension__ using WideSum = __int128;

struct Spend {
  WideSum micros = 0;
  std::int64_t priced_purchases = 0;
};

Spend spend_of(const History& history) {
  Spend spend;
  if (history.count(EventType::purchase) == 0) return spend;
  for (const Event& event : history.events) {
    if (event.type != EventType::purchase || event.price_micros == no_price) continue;
    spend.micros += event.price_micros;
    ++spend.priced_purchases;
  }
  return spend;
}

}  // namespace

double revenue(const History& history) { return static_cast<double>(spend_of(history).micros) / 1e6; }

double avg_price_purchased(const History& history) {
  const Spend spend = spend_of(history);
  return spend.priced_purchases == 0 ? 0 : static_cast<double>(spend.micros) / (1e6 * static_cast<double>(spend.priced_purchases));
}

}  // namespace coterie
