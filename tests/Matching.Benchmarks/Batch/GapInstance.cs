using System.Globalization;
using Matching.Engine;

namespace Matching.Benchmarks.Batch;

/// <summary>A published problem with what is known of its optimum.</summary>
internal sealed record GapInstance(string Name, bool IsMax, int Agents, int Jobs, int[] Value, int[] Use, int[] Budget, long LowerBound, long UpperBound)
{
    /// <summary>What is best for the objective, or the bound on it.</summary>
    public long BestKnown => IsMax ? UpperBound : LowerBound;

    public bool IsProven => LowerBound == UpperBound;

    private int Dearest => Value.Max();

    /// <summary>As costs: what is wanted most costs least.</summary>
    public GeneralisedAssignment Problem => new(Agents, Jobs, IsMax ? [.. Value.Select(value => Dearest - value)] : Value, Use, Budget);

    public long ValueOf(long cost) => IsMax ? (long)Dearest * Jobs - cost : cost;

    public double ValueOf(double bound) => IsMax ? (double)Dearest * Jobs - bound : bound;

    public static IEnumerable<GapInstance> Read(string folder)
    {
        foreach (var line in File.ReadLines(Path.Combine(folder, "bounds.csv")).Skip(1).Where(line => line.Length > 0))
        {
            var cells = line.Split(',');
            var numbers = Numbers(Path.Combine(folder, cells[0] + ".txt"));
            var (agents, jobs) = (numbers[0], numbers[1]);
            var pairs = agents * jobs;
            yield return new GapInstance(
                cells[0], cells[1] == "Max", agents, jobs, numbers[2..(2 + pairs)], numbers[(2 + pairs)..(2 + 2 * pairs)],
                numbers[(2 + 2 * pairs)..(2 + 2 * pairs + agents)], long.Parse(cells[2], CultureInfo.InvariantCulture), long.Parse(cells[3], CultureInfo.InvariantCulture));
        }
    }

    public static int[] Numbers(string file) =>
    [
        .. File.ReadAllText(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => int.Parse(word, CultureInfo.InvariantCulture)),
    ];
}
