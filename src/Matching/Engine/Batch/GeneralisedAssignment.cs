namespace Matching.Engine;

/// <summary>
/// Every job to one agent at the least cost, where a job uses up a different amount of each agent's budget: hours a day, if they depended on who goes. Cost and
/// use are by agent, then job.
/// </summary>
public sealed record GeneralisedAssignment(int Agents, int Jobs, int[] Cost, int[] Use, int[] Budget)
{
    /// <summary>The best that was found.</summary>
    /// <param name="AgentOf">Of each job.</param>
    /// <param name="Bound">No plan costs less.</param>
    public sealed record Plan(int[] AgentOf, long Cost, double Bound);

    /// <summary>
    /// Prices for the jobs by Lagrangean relaxation (Fisher, 1981): at any prices the agents' own best choices, each an exact knapsack, give a bound; where several or
    /// none want a job its price falls or rises. What they choose is repaired into plans, and the best of these is the start of a tabu search of moves and exchanges
    /// that may overdraw budgets at a price (Glover, 1989). No chance is involved: the same problem gives the same plan. Null when no plan was found.
    /// </summary>
    public Plan? Solve(int priceRounds = 400, int moves = 10_000)
    {
        var relaxation = new Relaxation(this);
        var search = new TabuSearch(this);
        for (var round = 0; round < priceRounds && relaxation.Next(search.BestCost); round++)
        {
            if (relaxation.IsBest || round % 10 == 0)
            {
                search.Start(relaxation.Chosen(), relaxation.Prices);
                search.Descend();
            }
        }

        search.Run(moves, relaxation.Bound);
        return search.Best is { } best ? new Plan(best, search.BestCost, relaxation.Bound) : null;
    }

    /// <summary>Prices of jobs, and what each agent would choose at them.</summary>
    private sealed class Relaxation
    {
        private readonly GeneralisedAssignment _of;
        private readonly bool[] _chosen;
        private readonly double[] _best;
        private readonly bool[] _taken;
        private double _scale = 2;
        private int _sinceBetter;

        public Relaxation(GeneralisedAssignment of)
        {
            _of = of;
            Prices = new double[of.Jobs];
            _chosen = new bool[of.Agents * of.Jobs];
            _best = new double[of.Budget.Max() + 1];
            _taken = new bool[(of.Budget.Max() + 1) * of.Jobs];

            // What the second cheapest agent asks: a job that only one can do cheaply is worth that much.
            for (var job = 0; job < of.Jobs; job++)
            {
                Prices[job] = Enumerable.Range(0, of.Agents).Select(agent => of.Cost[agent * of.Jobs + job]).Order().Skip(1).FirstOrDefault();
            }
        }

        public double[] Prices { get; }

        public double Bound { get; private set; } = double.NegativeInfinity;

        public bool IsBest { get; private set; }

        /// <summary>One round of choices, then other prices. False when these prices are as good as any.</summary>
        public bool Next(long known)
        {
            Array.Clear(_chosen);
            var value = Prices.Sum();
            for (var agent = 0; agent < _of.Agents; agent++)
            {
                value -= Choose(agent);
            }

            IsBest = value > Bound + 1e-9;
            if (IsBest)
            {
                Bound = value;
                _sinceBetter = 0;
            }
            else if (++_sinceBetter >= 12)
            {
                _scale /= 2;
                _sinceBetter = 0;
            }

            var wanted = new int[_of.Jobs];
            for (var i = 0; i < _chosen.Length; i++)
            {
                wanted[i % _of.Jobs] += _chosen[i] ? 1 : 0;
            }

            var off = wanted.Sum(times => (1 - times) * (1 - times));
            if (off == 0 || _scale < 1e-5)
            {
                return false;
            }

            var aim = known == long.MaxValue ? Math.Abs(value) * 1.05 + 1 : known;
            var step = _scale * Math.Max(aim - value, 0.01) / off;
            for (var job = 0; job < _of.Jobs; job++)
            {
                Prices[job] += step * (1 - wanted[job]);
            }

            return true;
        }

        /// <summary>An agent for each job that somebody chose, the cheapest of those who did; below 0: nobody.</summary>
        public int[] Chosen()
        {
            var agentOf = new int[_of.Jobs];
            Array.Fill(agentOf, -1);
            for (var i = 0; i < _chosen.Length; i++)
            {
                var (agent, job) = (i / _of.Jobs, i % _of.Jobs);
                if (_chosen[i] && (agentOf[job] < 0 || _of.Cost[i] < _of.Cost[agentOf[job] * _of.Jobs + job]))
                {
                    agentOf[job] = agent;
                }
            }

            return agentOf;
        }

        /// <summary>The knapsack of one agent, exactly; returns what it gains.</summary>
        private double Choose(int agent)
        {
            var budget = _of.Budget[agent];
            Array.Clear(_best, 0, budget + 1);
            for (var job = 0; job < _of.Jobs; job++)
            {
                var gain = Prices[job] - _of.Cost[agent * _of.Jobs + job];
                var use = _of.Use[agent * _of.Jobs + job];
                var taken = _taken.AsSpan(job * (budget + 1), budget + 1);
                taken.Clear();
                for (var left = budget; gain > 0 && left >= use; left--)
                {
                    if (_best[left - use] + gain > _best[left])
                    {
                        _best[left] = _best[left - use] + gain;
                        taken[left] = true;
                    }
                }
            }

            for (int job = _of.Jobs - 1, left = budget; job >= 0; job--)
            {
                if (_taken[job * (budget + 1) + left])
                {
                    _chosen[agent * _of.Jobs + job] = true;
                    left -= _of.Use[agent * _of.Jobs + job];
                }
            }

            return _best[budget];
        }
    }

    /// <summary>One plan that is changed step by step, and the best that overdrew nothing.</summary>
    private sealed class TabuSearch
    {
        private readonly GeneralisedAssignment _of;
        private readonly int[] _agentOf;
        private readonly long[] _left;
        private readonly int[] _forbiddenUntil;
        private double _fine = 1;
        private int _move;
        private int _memory;

        public TabuSearch(GeneralisedAssignment of)
        {
            _of = of;
            _agentOf = new int[of.Jobs];
            _left = new long[of.Agents];
            _forbiddenUntil = new int[of.Agents * of.Jobs];
        }

        public int[]? Best { get; private set; }

        public long BestCost { get; private set; } = long.MaxValue;

        /// <summary>Takes what was chosen, and gives what nobody chose to whom it suits best by cost and by what is left.</summary>
        public void Start(int[] chosen, double[] prices)
        {
            Array.Clear(_forbiddenUntil);
            _of.Budget.Select(budget => (long)budget).ToArray().CopyTo(_left, 0);
            chosen.CopyTo(_agentOf, 0);
            for (var job = 0; job < _of.Jobs; job++)
            {
                if (_agentOf[job] >= 0)
                {
                    _left[_agentOf[job]] -= Use(_agentOf[job], job);
                }
            }

            // The dearest first: these are the hardest to place.
            foreach (var job in Enumerable.Range(0, _of.Jobs).Where(job => _agentOf[job] < 0).OrderByDescending(job => prices[job]).ThenBy(job => job).ToArray())
            {
                var agent = Enumerable.Range(0, _of.Agents).MinBy(agent => (Use(agent, job) > _left[agent] ? 1 : 0, Cost(agent, job), agent));
                _agentOf[job] = agent;
                _left[agent] -= Use(agent, job);
            }

            _fine = 1;
            Remember();
        }

        /// <summary>Downhill until nothing near is better.</summary>
        public void Descend()
        {
            for (var steps = 0; steps < 4 * _of.Jobs && Step(onlyDown: true); steps++)
            {
                Remember();
            }
        }

        /// <summary>Moves on from the best, also uphill, unless the bound says that nothing is better.</summary>
        public void Run(int moves, double bound)
        {
            Best?.CopyTo(_agentOf, 0);
            _of.Budget.Select(budget => (long)budget).ToArray().CopyTo(_left, 0);
            for (var job = 0; job < _of.Jobs; job++)
            {
                _left[_agentOf[job]] -= Use(_agentOf[job], job);
            }

            var (kept, broken) = (0, 0);
            for (var move = 0; move < moves && BestCost > Math.Ceiling(bound - 1e-6) && Step(onlyDown: false); move++)
            {
                // Short memory searches what is near, long memory gets away from it: in turn.
                _memory = Math.Min(_of.Jobs / 4, 4 << (move / 500 % 4));
                Remember();
                (kept, broken) = IsWithin() ? (kept + 1, 0) : (0, broken + 1);

                // A fine that is always avoided is too high, one that is always paid too low.
                if (kept == 8 || broken == 8)
                {
                    _fine = Math.Clamp(_fine * (kept == 8 ? 0.7 : 1.4), 0.01, 1e6);
                    (kept, broken) = (0, 0);
                }
            }
        }

        private int Cost(int agent, int job) => _of.Cost[agent * _of.Jobs + job];

        private int Use(int agent, int job) => _of.Use[agent * _of.Jobs + job];

        private bool IsWithin()
        {
            foreach (var left in _left)
            {
                if (left < 0)
                {
                    return false;
                }
            }

            return true;
        }

        private void Remember()
        {
            if (!IsWithin())
            {
                return;
            }

            var cost = 0L;
            for (var job = 0; job < _of.Jobs; job++)
            {
                cost += Cost(_agentOf[job], job);
            }

            if (cost < BestCost)
            {
                BestCost = cost;
                Best = [.. _agentOf];
            }
        }

        /// <summary>The best move of one job, or exchange of two, that is not forbidden. What leaves an agent does not come back for a while.</summary>
        private bool Step(bool onlyDown)
        {
            _move++;
            var (least, one, other, to) = (onlyDown ? -1e-9 : double.MaxValue, -1, -1, -1);
            for (var job = 0; job < _of.Jobs; job++)
            {
                var from = _agentOf[job];
                var use = Use(from, job);
                var cost = Cost(from, job);
                var relief = Fine(_left[from] + use) - Fine(_left[from]);
                for (var agent = 0; agent < _of.Agents; agent++)
                {
                    if (agent == from || (!onlyDown && _forbiddenUntil[agent * _of.Jobs + job] > _move))
                    {
                        continue;
                    }

                    var change = Cost(agent, job) - cost + relief + Fine(_left[agent] - Use(agent, job)) - Fine(_left[agent]);
                    if (change < least)
                    {
                        (least, one, other, to) = (change, job, -1, agent);
                    }
                }

                for (var second = job + 1; second < _of.Jobs; second++)
                {
                    var there = _agentOf[second];
                    if (there == from
                        || (!onlyDown && (_forbiddenUntil[there * _of.Jobs + job] > _move || _forbiddenUntil[from * _of.Jobs + second] > _move)))
                    {
                        continue;
                    }

                    var change = Cost(there, job) + Cost(from, second) - cost - Cost(there, second)
                        + Fine(_left[from] + use - Use(from, second)) - Fine(_left[from])
                        + Fine(_left[there] + Use(there, second) - Use(there, job)) - Fine(_left[there]);
                    if (change < least)
                    {
                        (least, one, other, to) = (change, job, second, there);
                    }
                }
            }

            if (one < 0)
            {
                return false;
            }

            var left = _agentOf[one];
            Move(one, to);
            if (other >= 0)
            {
                Move(other, left);
            }

            return true;
        }

        private double Fine(long left) => left < 0 ? -left * _fine : 0;

        private void Move(int job, int to)
        {
            var from = _agentOf[job];
            _left[from] += Use(from, job);
            _left[to] -= Use(to, job);
            _agentOf[job] = to;

            // A little longer for some than for others, so that the search does not go in circles.
            _forbiddenUntil[from * _of.Jobs + job] = _move + 1 + _memory + (_move * 7 + job) % (_memory + 1);
        }
    }
}
