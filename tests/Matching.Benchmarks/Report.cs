using System.Globalization;
using System.Runtime;
using System.Runtime.Intrinsics;
using System.Text.Json;

namespace Matching.Benchmarks;

/// <summary>
/// What was measured: a table for people, and one JSON line a row for programs. The lines go to the file of <c>--json</c>, or after the
/// table where none is named.
/// </summary>
internal sealed class Report(string suite, string? jsonFile)
{
    /// <summary>One row; columns come in the order given. Numbers are written as they are in JSON, rounded in the table.</summary>
    public sealed record Row(string Table, IReadOnlyList<(string Column, object Value)> Cells);

    private readonly List<Row> _rows = [];

    public void Machine()
    {
        var cores = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture);
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 30);
        Console.WriteLine($"{suite}: {cores} cores, {memory} GiB, .NET {Environment.Version}, "
            + $"{(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128)}-bit vectors"
            + (GCSettings.IsServerGC ? ", server GC" : ""));
    }

    public void Add(string table, params (string Column, object Value)[] cells) => _rows.Add(new Row(table, cells));

    /// <summary>Prints what has been added since the last time.</summary>
    public void Flush()
    {
        foreach (var table in _rows.GroupBy(row => row.Table))
        {
            Print(table.Key, [.. table]);
        }

        var lines = _rows.Select(row => JsonSerializer.Serialize(
            new Dictionary<string, object>(row.Cells.Select(cell => KeyValuePair.Create(cell.Column, cell.Value)))
            {
                ["suite"] = suite,
                ["table"] = row.Table,
            })).ToArray();
        if (jsonFile is null)
        {
            Array.ForEach(lines, Console.WriteLine);
        }
        else
        {
            File.AppendAllLines(jsonFile, lines);
        }

        _rows.Clear();
    }

    private static void Print(string title, Row[] rows)
    {
        var columns = rows.SelectMany(row => row.Cells.Select(cell => cell.Column)).Distinct().ToArray();
        var cells = rows.Select(row => columns.Select(column =>
            row.Cells.FirstOrDefault(cell => cell.Column == column).Value is { } value ? Written(value) : "").ToArray()).ToArray();
        var widths = columns.Select((column, i) => Math.Max(column.Length, cells.Max(row => row[i].Length))).ToArray();
        Console.WriteLine($"\n{title}");
        Console.WriteLine("| " + string.Join(" | ", columns.Select((column, i) => column.PadRight(widths[i]))) + " |");
        Console.WriteLine("|" + string.Join("|", widths.Select(width => new string('-', width + 2))) + "|");
        foreach (var row in cells)
        {
            Console.WriteLine("| " + string.Join(" | ", row.Select((cell, i) => cell.PadLeft(widths[i]))) + " |");
        }
    }

    private static string Written(object value) => value switch
    {
        double number when Math.Abs(number) >= 1000 => number.ToString("N0", CultureInfo.InvariantCulture),
        double number when Math.Abs(number) >= 10 => number.ToString("N1", CultureInfo.InvariantCulture),
        double number => number.ToString("0.####", CultureInfo.InvariantCulture),
        int number => number.ToString("N0", CultureInfo.InvariantCulture),
        long number => number.ToString("N0", CultureInfo.InvariantCulture),
        bool yes => yes ? "yes" : "NO",
        _ => value.ToString()!,
    };
}
