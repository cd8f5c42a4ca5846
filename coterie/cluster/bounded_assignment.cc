#include "coterie/cluster/bounded_assignment.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "coterie/base/error.h"

namespace coterie {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t none = static_cast<std::size_t>(-1);

struct Entry {
  double extra;  // cost in the other cluster - cost here
  std::uint32_t row;
};
// For the standard heaps, which keep the greatest first: least extra, then lowest row.
bool worse(const Entry& a, const Entry& b) { return a.extra != b.extra ? a.extra > b.extra : a.row > b.row; }

// Where the weight of every row lies. Most rows lie whole in one cluster; the few divided ones are in a map.
class Flow {
 public:
  Flow(std::size_t rows, std::span<const double> weights, std::size_t k) : owner(rows), weights_(weights), k_(k) {}

  double weight(std::size_t row) const { return weights_.empty() ? 1.0 : weights_[row]; }
  double in(std::size_t row, std::size_t cluster) const {
    if (owner[row] >= 0) return owner[row] == static_cast<std::int32_t>(cluster) ? weight(row) : 0.0;
    return divided.at(row)[cluster];
  }
  void move(std::size_t row, std::size_t from, std::size_t to, double amount) {
    if (owner[row] >= 0 && amount >= weight(row)) {
      owner[row] = static_cast<std::int32_t>(to);
      return;
    }
    auto& parts = divided.try_emplace(row, k_, 0.0).first->second;
    if (owner[row] >= 0) parts[from] = weight(row), owner[row] = -1;
    parts[from] -= amount;
    parts[to] += amount;
    if (std::count_if(parts.begin(), parts.end(), [](double part) { return part > 0; }) > 1) return;
    owner[row] = static_cast<std::int32_t>(std::find_if(parts.begin(), parts.end(), [](double part) { return part > 0; }) - parts.begin());
    divided.erase(row);
  }

  std::vector<std::int32_t> owner;                     // rows; -1 when divided
  std::map<std::size_t, std::vector<double>> divided;  // row -> weight in each cluster

 private:
  std::span<const double> weights_;
  std::size_t k_;
};

// Nodes 0..k-1 are the clusters, node k is the outside, to which cluster c sends outflow[c] in [least, most].
// Invariant: reduced cost of every residual arc u -> v, cost + price[v] - price[u], is >= 0.
struct Network {
  const Matrix& costs;
  std::size_t k;
  double least, most;
  Flow flow;
  std::vector<double> price, outflow, excess;  // k + 1, k, k + 1
  std::vector<std::vector<Entry>> heaps;       // k x k: rows of a by their extra cost in b
};

double total_weight(std::size_t rows, std::span<const double> weights) {
  return weights.empty() ? static_cast<double>(rows) : std::accumulate(weights.begin(), weights.end(), 0.0);
}

std::int32_t cheapest(const Matrix& costs, std::size_t row, const std::vector<double>& price) {
  std::size_t best = 0;
  for (std::size_t c = 1; c < costs.columns(); ++c)
    if (costs.at(row, c) + price[c] < costs.at(row, best) + price[best]) best = c;
  return static_cast<std::int32_t>(best);
}

// Every row to its cheapest cluster at these prices; outflows as the prices demand.
void start(Network& net) {
  std::vector<double> sizes(net.k);
  for (std::size_t i = 0; i < net.costs.rows(); ++i) {
    net.flow.owner[i] = cheapest(net.costs, i, net.price);
    sizes[static_cast<std::size_t>(net.flow.owner[i])] += net.flow.weight(i);
  }
  for (std::size_t c = 0; c < net.k; ++c) {
    const double p = net.price[c];
    net.outflow[c] = p > 0 ? net.most : p < 0 ? net.least : std::clamp(sizes[c], net.least, net.most);
    net.excess[c] = sizes[c] - net.outflow[c];
    net.excess[net.k] -= net.excess[c];
  }
}

Entry entry(const Network& net, std::size_t row, std::size_t a, std::size_t b) {
  return {net.costs.at(row, b) - net.costs.at(row, a), static_cast<std::uint32_t>(row)};
}

void build_heaps(Network& net) {
  net.heaps.resize(net.k * net.k);
  for (std::size_t i = 0; i < net.costs.rows(); ++i) {
    const auto a = static_cast<std::size_t>(net.flow.owner[i]);
    for (std::size_t b = 0; b < net.k; ++b)
      if (b != a) net.heaps[a * net.k + b].push_back(entry(net, i, a, b));
  }
  for (auto& heap : net.heaps) std::make_heap(heap.begin(), heap.end(), worse);
}

// The cheapest row of a to move to b; rows that have left a are dropped on the way. Null when a is empty.
const Entry* cheapest_move(Network& net, std::size_t a, std::size_t b) {
  auto& heap = net.heaps[a * net.k + b];
  while (!heap.empty() && !(net.flow.in(heap.front().row, a) > 0)) {
    std::pop_heap(heap.begin(), heap.end(), worse);
    heap.pop_back();
  }
  return heap.empty() ? nullptr : &heap.front();
}

struct Arc {
  double cost = infinity;  // infinity: no such arc
  double room = 0;
};

Arc arc(Network& net, std::size_t u, std::size_t v) {
  if (v == net.k) return net.outflow[u] < net.most ? Arc{0, net.most - net.outflow[u]} : Arc{};
  if (u == net.k) return net.outflow[v] > net.least ? Arc{0, net.outflow[v] - net.least} : Arc{};
  const Entry* move = cheapest_move(net, u, v);
  return move == nullptr ? Arc{} : Arc{move->extra, net.flow.in(move->row, u)};
}

struct Paths {
  std::vector<double> distance;
  std::vector<std::size_t> before;
  std::size_t end = none;  // the nearest node that lacks weight
};

// Dijkstra from all nodes with too much, until one that lacks is reached.
Paths shortest_paths(Network& net, double enough) {
  const std::size_t nodes = net.k + 1;
  Paths paths{std::vector<double>(nodes, infinity), std::vector<std::size_t>(nodes, none), none};
  for (std::size_t v = 0; v < nodes; ++v)
    if (net.excess[v] > enough) paths.distance[v] = 0;
  std::vector<bool> done(nodes);
  while (true) {
    std::size_t u = none;
    for (std::size_t v = 0; v < nodes; ++v)
      if (!done[v] && paths.distance[v] < infinity && (u == none || paths.distance[v] < paths.distance[u])) u = v;
    if (u == none) return paths;
    if (net.excess[u] < -enough) return paths.end = u, paths;
    done[u] = true;
    for (std::size_t v = 0; v < nodes; ++v) {
      if (done[v] || v == u) continue;
      const double reduced = std::max(0.0, arc(net, u, v).cost + net.price[v] - net.price[u]);
      if (paths.distance[u] + reduced < paths.distance[v]) paths.distance[v] = paths.distance[u] + reduced, paths.before[v] = u;
    }
  }
}

void push(Network& net, std::size_t u, std::size_t v, double amount) {
  if (v == net.k) { net.outflow[u] += amount; return; }
  if (u == net.k) { net.outflow[v] -= amount; return; }
  const std::size_t row = cheapest_move(net, u, v)->row;
  const bool is_new = !(net.flow.in(row, v) > 0);
  net.flow.move(row, u, v, amount);
  for (std::size_t b = 0; is_new && b < net.k; ++b) {
    if (b == v) continue;
    auto& heap = net.heaps[v * net.k + b];
    heap.push_back(entry(net, row, v, b));
    std::push_heap(heap.begin(), heap.end(), worse);
  }
}

void push_along(Network& net, const Paths& paths) {
  double amount = -net.excess[paths.end];
  std::vector<std::size_t> path{paths.end};
  for (std::size_t v = paths.end; paths.before[v] != none; v = paths.before[v]) {
    amount = std::min(amount, arc(net, paths.before[v], v).room);
    path.push_back(paths.before[v]);
  }
  amount = std::min(amount, net.excess[path.back()]);
  // From the end backwards: a row moved into a node must not be taken for the next arc's own.
  for (std::size_t i = 0; i + 1 < path.size(); ++i) push(net, path[i + 1], path[i], amount);
  net.excess[path.back()] -= amount;
  net.excess[paths.end] += amount;
}

std::size_t solve(Network& net, double enough) {
  std::size_t moves = 0;
  for (;; ++moves) {
    const Paths paths = shortest_paths(net, enough);
    if (paths.end == none) return moves;
    for (std::size_t v = 0; v <= net.k; ++v) net.price[v] -= std::min(paths.distance[v], paths.distance[paths.end]);
    push_along(net, paths);
  }
}

BoundedAssignment result_of(const Network& net, std::size_t moves) {
  BoundedAssignment result;
  result.labels = net.flow.owner;
  result.sizes.assign(net.k, 0);
  result.moves = moves;
  for (std::size_t c = 0; c < net.k; ++c) result.prices.push_back(net.price[c] - net.price[net.k]);
  double dual = 0;
  for (std::size_t i = 0; i < net.costs.rows(); ++i) {
    const auto best = static_cast<std::size_t>(cheapest(net.costs, i, result.prices));
    dual += net.flow.weight(i) * (net.costs.at(i, best) + result.prices[best]);
    if (net.flow.owner[i] < 0) continue;
    const auto own = static_cast<std::size_t>(net.flow.owner[i]);
    result.sizes[own] += net.flow.weight(i);
    result.cost += net.flow.weight(i) * net.costs.at(i, own);
  }
  for (const auto& [row, parts] : net.flow.divided) {
    result.labels[row] = static_cast<std::int32_t>(std::max_element(parts.begin(), parts.end()) - parts.begin());
    for (std::size_t c = 0; c < net.k; ++c) {
      if (!(parts[c] > 0)) continue;
      result.parts.push_back({row, static_cast<std::int32_t>(c), parts[c]});
      result.sizes[c] += parts[c];
      result.cost += parts[c] * net.costs.at(row, c);
    }
  }
  for (double price : result.prices) dual -= std::max(price * net.most, price * net.least);
  result.gap = result.cost - dual;
  return result;
}

BoundedAssignment solve_from(const Matrix& costs, std::span<const double> weights, double least, double most, std::vector<double> prices) {
  const std::size_t k = costs.columns();
  const double total = total_weight(costs.rows(), weights);
  prices.resize(k + 1, 0.0);
  Network net{costs, k, least, std::min(most, total), Flow(costs.rows(), weights, k), std::move(prices), std::vector<double>(k), std::vector<double>(k + 1), {}};
  start(net);
  const double enough = 1e-12 * total;
  const bool fits = std::all_of(net.excess.begin(), net.excess.end(), [&](double e) { return std::abs(e) <= enough; });
  if (fits) return result_of(net, 0);
  build_heaps(net);
  return result_of(net, solve(net, enough));
}

// Prices that hold for every so-manieth row hold nearly for all.
std::vector<double> prices_of_sample(const Matrix& costs, std::span<const double> weights, double least, double most) {
  const std::size_t step = costs.rows() / 20000, rows = costs.rows() / step;
  Matrix sample(rows, costs.columns());
  std::vector<double> sample_weights;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t c = 0; c < costs.columns(); ++c) sample.at(i, c) = costs.at(i * step, c);
    sample_weights.push_back(weights.empty() ? 1.0 : weights[i * step]);
  }
  const double share = total_weight(rows, sample_weights) / total_weight(costs.rows(), weights);
  return solve_from(sample, sample_weights, least * share, most * share, {}).prices;
}

void check(const Matrix& costs, std::span<const double> weights, double least, double most) {
  const double total = total_weight(costs.rows(), weights), k = static_cast<double>(costs.columns());
  if (least * k > total)
    throw Error(ErrorKind::usage, fmt::format("{} clusters of at least {} customers need {}, but there are {}", k, least, least * k, total),
                "lower the least size or the number of clusters");
  if (most * k < total || most < least)
    throw Error(ErrorKind::usage, fmt::format("{} clusters of at most {} customers hold {}, but there are {}", k, most, most * k, total),
                "raise the most size or the number of clusters");
}

}  // namespace

BoundedAssignment assign_within_bounds(const Matrix& costs, std::span<const double> weights, double least, double most, std::vector<double> prices) {
  check(costs, weights, least, most);
  if (prices.empty() && costs.rows() >= 60000) prices = prices_of_sample(costs, weights, least, most);
  return solve_from(costs, weights, least, most, std::move(prices));
}

}  // namespace coterie
