#include "coterie/events/event.h"

namespace coterie {

const char* name_of(EventType type) {
  switch (type) {
    case EventType::view: return "view";
    case EventType::cart: return "cart";
    case EventType::remove_from_cart: return "remove_from_cart";
    case EventType::purchase: return "purchase";
  }
  return "unknown";
}

}  // namespace coterie
