// The names of segments that marketing uses, and what is usually done about them. `coterie names` prints this text.
// Thresholds: 1.4 times the average (half a doubling) is what it takes to be called high, its inverse 0.7 low.
#include "coterie/segments/name_rules.h"

namespace coterie {

std::string_view default_name_rules_text() {
  return R"json({
  "format": 1,
  "segments": [
    {
      "name": "high-value loyal",
      "when": ["n_purchase >= 1.5", "n_purchase >= 2 x average", "revenue >= 2 x average"],
      "score": {"n_purchase": 1, "revenue": 1, "tenure_days": 1},
      "goal": "keep",
      "action": "Thank them, ask what they want next, and let them in first on new products.",
      "channel": "a personal e-mail or a call; no mass mailing",
      "offer": "early access and service rather than discounts: they buy at full price",
      "timing": "every month, and within a week of each purchase"
    },
    {
      "name": "frequent buyers",
      "when": ["n_purchase >= 2", "n_purchase >= 2 x average"],
      "score": {"n_purchase": 1, "revenue": 0.5},
      "goal": "keep",
      "action": "Make buying again easy: a reorder list, delivery slots, a loyalty level they can see.",
      "channel": "e-mail and app",
      "offer": "a loyalty level with free delivery rather than discounts",
      "timing": "when they usually order again"
    },
    {
      "name": "champions",
      "when": ["frequency >= 2 x average", "monetary >= 2 x average", "recency_days <= 0.7 x average"],
      "score": {"frequency": 1, "monetary": 1, "recency_days": -0.5},
      "goal": "keep",
      "action": "Thank them, ask what they want next, and let them in first on new products.",
      "channel": "a personal e-mail or a call; no mass mailing",
      "offer": "early access and service rather than discounts",
      "timing": "every month, and within a week of each order"
    },
    {
      "name": "loyal customers",
      "when": ["frequency >= 1.4 x average", "monetary >= 1.1 x average", "recency_days <= 1 x average"],
      "score": {"frequency": 1, "monetary": 0.5},
      "goal": "keep",
      "action": "Make ordering again easy, and show what other loyal customers take.",
      "channel": "e-mail",
      "offer": "a loyalty level rather than discounts",
      "timing": "when they usually order again"
    },
    {
      "name": "frequent customers",
      "when": ["frequency >= 2 x average", "recency_days <= 1 x average"],
      "score": {"frequency": 0.9, "monetary": 0.5},
      "goal": "keep",
      "action": "Make ordering again easy: a reorder list, a loyalty level they can see.",
      "channel": "e-mail",
      "offer": "a loyalty level with free delivery rather than discounts",
      "timing": "when they usually order again"
    },
    {
      "name": "key accounts",
      "when": ["monetary >= 5 x average", "frequency >= 2 x average", "monetary / frequency >= 2 x average"],
      "score": {"monetary": 1.2},
      "goal": "keep",
      "action": "Give each a person to call, who knows what they need before they must ask.",
      "channel": "a personal contact; no mass mailing",
      "offer": "agreed terms, delivery and service; no vouchers",
      "timing": "before each of their usual orders"
    },
    {
      "name": "big spenders",
      "when": ["monetary / frequency >= 1.4 x average", "monetary >= 1 x average"],
      "score": {"monetary": 1},
      "goal": "grow",
      "action": "Offer the better variant and what goes with it; ask for a second order.",
      "channel": "e-mail with advice; a call above a value you choose",
      "offer": "service, delivery on a day of their choice",
      "timing": "two to four weeks after an order"
    },
    {
      "name": "at risk",
      "when": ["recency_days >= 1.4 x average", "monetary >= 0.7 x average"],
      "score": {"recency_days": 1, "monetary": 1},
      "goal": "win back",
      "action": "Ask why they stopped, and show what is new in what they used to buy.",
      "channel": "e-mail, then one paid reminder to those who do not open it",
      "offer": "a voucher that ends soon, for their next order only",
      "timing": "now: each further week makes a return less likely"
    },
    {
      "name": "new customers",
      "when": ["recency_days <= 0.7 x average", "frequency <= 0.7 x average"],
      "score": {"recency_days": -1},
      "goal": "grow",
      "action": "Make a second order likely: help with the first, recommend the next.",
      "channel": "e-mail series after the order",
      "offer": "a small reward for the second order",
      "timing": "within 30 days of the first order"
    },
    {
      "name": "lapsed customers",
      "when": ["recency_days >= 1.4 x average", "frequency <= 1 x average"],
      "score": {"recency_days": 1, "frequency": -0.5},
      "goal": "win back",
      "action": "One message about what is new; then leave them out of paid campaigns.",
      "channel": "e-mail only",
      "offer": "a voucher, once",
      "timing": "once, at the start of a season"
    },
    {
      "name": "occasional customers",
      "when": ["frequency <= 1 x average"],
      "score": {"frequency": -0.5},
      "goal": "grow",
      "action": "Show what goes with what they bought, and remind them when it should be used up.",
      "channel": "e-mail",
      "offer": "free delivery above their usual order",
      "timing": "when customers usually order again"
    },
    {
      "name": "coupon enthusiasts",
      "when": ["claimed_frequency >= 1.15 x average", "burn_frequency >= 1.15 x average"],
      "score": {"burn_frequency": 1, "claimed_frequency": 1},
      "goal": "keep",
      "action": "Give them offers first, and ask them to tell friends.",
      "channel": "app or push",
      "offer": "a coupon on what they have not tried yet",
      "timing": "weekly"
    },
    {
      "name": "coupon collectors",
      "when": ["burn_rate <= 0.75 x average"],
      "score": {"burn_rate": -1, "claimed_frequency": 0.5},
      "goal": "activate",
      "action": "Remind them of the coupons they hold, before these end.",
      "channel": "push or text message",
      "offer": "none new until one is used",
      "timing": "three days before a coupon ends"
    },
    {
      "name": "quick redeemers",
      "when": ["burn_rate >= 1.3 x average"],
      "score": {"burn_rate": 1},
      "goal": "grow",
      "action": "They use what they take: offer more of it, at other shops too.",
      "channel": "app or push",
      "offer": "a second coupon when the first is used",
      "timing": "right after a coupon was used"
    },
    {
      "name": "coupon testers",
      "when": ["claimed_frequency >= 1.05 x average", "burn_rate <= 0.95 x average"],
      "score": {"claimed_frequency": 1, "burn_rate": -0.5},
      "goal": "grow",
      "action": "They take many coupons and use some: learn which, and offer those.",
      "channel": "app or push",
      "offer": "coupons of the kind they used last",
      "timing": "a week after a coupon was taken"
    },
    {
      "name": "rare claimers",
      "when": ["claimed_frequency <= 0.85 x average"],
      "score": {"claimed_frequency": -1},
      "goal": "activate",
      "action": "Ask which shops they like, and show coupons of these.",
      "channel": "e-mail",
      "offer": "one good coupon rather than many",
      "timing": "at the start of the month"
    },
    {
      "name": "at-risk buyers",
      "when": ["n_purchase >= 0.5", "n_purchase >= 1 x average", "recency_days >= 1.4 x average"],
      "score": {"recency_days": 2, "n_purchase": 0.5},
      "goal": "win back",
      "action": "Ask why they stopped, and show what is new in what they used to buy.",
      "channel": "e-mail, then one paid reminder to those who do not open it",
      "offer": "a voucher that ends soon, for their next order only",
      "timing": "now: each further week makes a return less likely"
    },
    {
      "name": "bargain hunters",
      "when": ["n_purchase >= 0.5", "n_purchase >= 1.4 x average", "revenue / n_purchase <= 0.7 x average"],
      "score": {"n_purchase": 1, "revenue": -0.5, "avg_price_purchased": -0.5},
      "goal": "grow",
      "action": "Bundle what they buy, and set free delivery a little above their usual basket.",
      "channel": "e-mail and app messages about sales",
      "offer": "bundles and clearance; no blanket discount, they wait for one anyway",
      "timing": "on sale days and at the end of a season"
    },
    {
      "name": "big-ticket buyers",
      "when": ["n_purchase >= 0.5", "revenue / n_purchase >= 1.4 x average"],
      "score": {"avg_price_purchased": 1, "revenue": 0.5},
      "goal": "grow",
      "action": "Offer what goes with the large thing they bought: accessories, extended warranty, fitting.",
      "channel": "e-mail with advice; a call above a value you choose",
      "offer": "accessories and service; payment in instalments",
      "timing": "one to three weeks after the purchase"
    },
    {
      "name": "direct buyers",
      "when": ["n_purchase >= 0.5", "n_purchase >= 1.4 x average", "n_cart <= 0.7 x average"],
      "score": {"n_purchase": 1, "n_cart": -0.5},
      "goal": "grow",
      "action": "They knew what they wanted and took the short way: show what goes with it, and ask for a review.",
      "channel": "e-mail after the purchase",
      "offer": "what other buyers of the same product took",
      "timing": "one to two weeks after the purchase"
    },
    {
      "name": "first-time buyers",
      "when": ["n_purchase >= 0.5", "n_purchase <= 1.5", "n_purchase >= 1.4 x average"],
      "score": {"n_purchase": 0.5, "cart_to_purchase_rate": 0.5},
      "goal": "grow",
      "action": "Make a second order likely: thank them, help with the first product, recommend the next.",
      "channel": "e-mail series after the purchase",
      "offer": "a small reward for the second order",
      "timing": "within 30 days of the first order"
    },
    {
      "name": "regular buyers",
      "when": ["n_purchase >= 1.5", "n_purchase >= 1.4 x average"],
      "score": {"n_purchase": 1, "cart_to_purchase_rate": 0.5},
      "goal": "grow",
      "action": "Recommend the next purchase from what they bought, and ask for a review.",
      "channel": "e-mail, on-site recommendations",
      "offer": "points or a small reward for the next order",
      "timing": "when they usually order again"
    },
    {
      "name": "cart abandoners",
      "when": ["n_cart >= 1.4 x average", "n_purchase / n_cart <= 0.5"],
      "score": {"n_cart": 1, "view_to_cart_rate": 1, "cart_to_purchase_rate": -1},
      "goal": "win back",
      "action": "Remind them of the cart, show delivery cost and returns up front, shorten the checkout.",
      "channel": "e-mail or push with the cart's content",
      "offer": "first a reminder; free delivery only to those who do not come back",
      "timing": "one hour, one day and three days after the cart was left"
    },
    {
      "name": "heavy researchers",
      "when": ["n_view >= 2 x average", "conversion_rate <= 1.4 x average"],
      "score": {"n_view": 1, "unique_products": 0.5, "conversion_rate": -0.5},
      "goal": "activate",
      "action": "Help them decide: comparisons, reviews, availability in store, a chat.",
      "channel": "on site; retargeting with what they looked at most",
      "offer": "advice and a price alert",
      "timing": "while they look, and on the day after"
    },
    {
      "name": "returning browsers",
      "when": ["n_purchase <= 0.25 x average", "tenure_days >= 1.4 x average"],
      "score": {"tenure_days": 1, "n_sessions": 1},
      "goal": "activate",
      "action": "Ask for the e-mail address, and show what they come back for.",
      "channel": "on site, newsletter",
      "offer": "a welcome offer on the first order",
      "timing": "at the third visit"
    },
    {
      "name": "lapsed browsers",
      "when": ["n_purchase <= 0.25 x average", "recency_days >= 1.4 x average"],
      "score": {"recency_days": 1},
      "goal": "win back",
      "action": "One message about what is new; then leave them out of paid campaigns.",
      "channel": "e-mail only: paid reach is wasted on most of them",
      "offer": "none at first",
      "timing": "once, at the start of a season"
    },
    {
      "name": "recent browsers",
      "when": ["n_purchase <= 0.25 x average", "recency_days <= 0.7 x average"],
      "score": {"recency_days": -1},
      "goal": "activate",
      "action": "Give them a reason for the first order while they remember you.",
      "channel": "on site, retargeting, welcome series",
      "offer": "free delivery on the first order",
      "timing": "within a week"
    },
    {
      "name": "browsers",
      "when": ["n_purchase <= 0.7 x average"],
      "score": {"total_events": -0.5},
      "goal": "activate",
      "action": "Make the first visit count: best sellers, clear delivery terms, a newsletter.",
      "channel": "on site; low-cost channels",
      "offer": "a small welcome offer for the first order",
      "timing": "during the first two visits"
    },
    {
      "name": "occasional visitors",
      "when": ["total_events <= 0.7 x average"],
      "score": {"total_events": -0.25},
      "goal": "activate",
      "action": "Make the first visit count: best sellers, clear delivery terms, a newsletter.",
      "channel": "on site; low-cost channels",
      "offer": "none",
      "timing": "during the visit"
    }
  ],
  "plays": [
    {
      "goal": "keep",
      "action": "Keep in touch, and ask what they want next.",
      "channel": "e-mail",
      "offer": "service rather than discounts",
      "timing": "every month"
    },
    {
      "goal": "grow",
      "action": "Recommend what goes with what they have.",
      "channel": "e-mail",
      "offer": "bundles",
      "timing": "when they usually order again"
    },
    {
      "goal": "win back",
      "action": "Ask why they stopped, and show what is new.",
      "channel": "e-mail",
      "offer": "a voucher that ends soon",
      "timing": "now"
    },
    {
      "goal": "activate",
      "action": "Learn more about them before you spend on them: look at their profile below.",
      "channel": "low-cost channels",
      "offer": "none",
      "timing": "during their next visit"
    }
  ]
}
)json";
}

}  // namespace coterie
