using System.Diagnostics;
using Matching.Benchmarks.Crowds;
using Matching.Engine.Index;

namespace Matching.Benchmarks.Suites;

using BenchReader = TreeReader<BenchProfile, BenchRow>;
using BenchTree = SlicedTree<BenchProfile, BenchRow>;

/// <summary>What a writer costs the readers beside it, and whether they ever see half of a change.</summary>
internal sealed class Live : ISuite
{
    public string Name => "live";

    public string Purpose => "a reader beside a writer; --volunteers n,n --rate changes/s --seconds a phase --rounds n";

    public bool Run(Options options, Report report)
    {
        var right = true;
        foreach (var volunteers in options.Numbers("volunteers", 566_000, 7_330_000))
        {
            right &= Measure(volunteers, options, report);
            report.Flush();
            GC.Collect();
        }

        return right;
    }

    private static bool Measure(int volunteers, Options options, Report report)
    {
        var crowd = new Crowd(World.Of(volunteers), volunteers);
        var people = crowd.ToArray();
        using var tree = new BenchTree(default);
        var source = new PeopleSource(people);
        tree.Load(ref source);
        tree.Publish(1);
        var changes = new RandomChanges(crowd, people, 7);
        var rate = options.Number("rate", 20_000);
        var seconds = options.Number("seconds", 5);
        var asks = TopK.Draw(crowd.World, AskClass.CommonShort, 20_000, 0);

        // Turn and turn about, so that a busy neighbour on the machine is counted against both.
        var (alone, beside) = (new Phase(), new Phase());
        using var reader = tree.OpenReader();
        Read(reader, asks, 2, new Phase());
        var pauses = GC.GetTotalPauseDuration();
        var collections = GC.CollectionCount(2);
        for (var round = 0; round < options.Number("rounds", 3); round++)
        {
            Read(reader, asks, seconds, alone);
            using var writer = new Writer(tree, changes, rate);
            Read(reader, asks, seconds, beside);
            beside.Written += writer.Stop();
        }

        var paused = (GC.GetTotalPauseDuration() - pauses).TotalMilliseconds;
        foreach (var (name, phase) in new[] { ("alone", alone), ($"beside {rate:N0} changes/s", beside) })
        {
            report.Add("a reader, common/3 km", ("volunteers", volunteers), ("reader", name), ("wishes/s", phase.Count / phase.Seconds), ("wishes/s of processor time", phase.Count / phase.Worked),
                ("p50 µs", phase.Timings.Percentile(0.5)), ("p99 µs", phase.Timings.Percentile(0.99)), ("longest ms", phase.Timings.LongestUs / 1000),
                ("changes/s", phase.Written / phase.Seconds));
        }

        report.Add("what the writer costs", ("volunteers", volunteers), ("throughput lost %", 100 * (1 - beside.Count / beside.Seconds / (alone.Count / alone.Seconds))),
            ("of processor time %", 100 * (1 - beside.Count / beside.Worked / (alone.Count / alone.Worked))),
            ("p50 ×", beside.Timings.Percentile(0.5) / alone.Timings.Percentile(0.5)), ("p99 ×", beside.Timings.Percentile(0.99) / alone.Timings.Percentile(0.99)),
            ("longest ms", beside.Timings.LongestUs / 1000), ("collector's pauses ms", paused), ("gen 2", GC.CollectionCount(2) - collections),
            ("bytes each", (double)tree.Bytes / volunteers));
        var wrong = Identity(tree, crowd, options.Number("identity", 20_000), report);
        return TopK.Exact(tree, people, crowd.World, options.Number("exact", 200), "after the writer", report) && wrong == 0;
    }

    private static void Read(BenchReader reader, Ask[] asks, double seconds, Phase phase)
    {
        var criteria = new Criteria();
        Span<Found> best = new Found[Scoring.K];
        var wishes = asks.Select(ask => new BenchProfile.Wish(ask)).ToArray();
        var worked = ThreadTime.Seconds;
        var began = Stopwatch.GetTimestamp();
        var until = began + (long)(seconds * Stopwatch.Frequency);
        var end = began;
        for (var i = 0; end < until && phase.Timings.Count < Phase.Most; i = (i + 1) % asks.Length)
        {
            var start = Stopwatch.GetTimestamp();
            BenchProfile.Wish.Fill(criteria, asks[i]);
            reader.Search(criteria, ref wishes[i], best, out _);
            end = Stopwatch.GetTimestamp();
            phase.Timings.Add(end - start);
            phase.Count++;
        }

        phase.Seconds += Stopwatch.GetElapsedTime(began, end).TotalSeconds;
        phase.Worked += ThreadTime.Seconds - worked;
    }

    /// <summary>
    /// A writer at full speed that leaves everybody as they were with each publication: whoever sees half of one, or memory that was used again too
    /// early, answers otherwise than before.
    /// </summary>
    private static int Identity(BenchTree tree, Crowd crowd, int publications, Report report)
    {
        var asks = Enum.GetValues<AskClass>().SelectMany(kind => TopK.Draw(crowd.World, kind, 50, 300_000)).ToArray();
        using var reader = tree.OpenReader();
        var answers = asks.Select(ask => Answer(reader, ask)).ToArray();
        var isOver = false;
        var writing = new Thread(() =>
        {
            var dice = new Dice(99, 0);
            for (var publication = 0; publication < publications; publication++)
            {
                for (var i = 0; i < 8; i++)
                {
                    var number = dice.Below(crowd.Count);
                    tree.TryRead(number, out Entry<BenchRow> entry);
                    tree.Put(number, BenchProfile.EntryOf(crowd.Next(ref dice)));
                    tree.Put(number, entry);
                }

                tree.Publish(publication);
            }

            Volatile.Write(ref isOver, true);
        });
        writing.Start();
        var (read, wrong) = (0, 0);
        for (; !Volatile.Read(ref isOver) || read < 200; read++)
        {
            wrong += Answer(reader, asks[read % asks.Length]).AsSpan().SequenceEqual(answers[read % asks.Length]) ? 0 : 1;
        }

        writing.Join();
        report.Add("changes that leave all as it was", ("volunteers", crowd.Count), ("changes", publications * 16), ("answers read meanwhile", read), ("wrong", wrong));
        return wrong;
    }

    private static Found[] Answer(BenchReader reader, Ask ask)
    {
        var criteria = new Criteria();
        var best = new Found[Scoring.K];
        var wish = new BenchProfile.Wish(ask);
        BenchProfile.Wish.Fill(criteria, ask);
        return best[..reader.Search(criteria, ref wish, best, out _)];
    }

    private sealed class Phase
    {
        public const int Most = 4_000_000;

        public Timings Timings { get; } = new(Most);

        public long Count { get; set; }

        public double Seconds { get; set; }

        /// <summary>Seconds in which the reader had a core.</summary>
        public double Worked { get; set; }

        public long Written { get; set; }
    }

    /// <summary>So many changes a second, published every millisecond or so.</summary>
    private sealed class Writer : IDisposable
    {
        private readonly Thread _thread;
        private volatile bool _isOver;
        private long _written;

        public Writer(BenchTree tree, RandomChanges changes, int rate)
        {
            _thread = new Thread(() =>
            {
                var began = Stopwatch.GetTimestamp();
                while (!_isOver)
                {
                    var due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * rate);
                    for (var i = 0; i < 64 && _written < due; i++, _written++)
                    {
                        changes.Next(tree);
                    }

                    tree.Publish(_written);
                    if (_written >= due)
                    {
                        Thread.Sleep(1);
                    }
                }
            });
            _thread.Start();
        }

        public long Stop()
        {
            _isOver = true;
            _thread.Join();
            return _written;
        }

        public void Dispose() => Stop();
    }
}
