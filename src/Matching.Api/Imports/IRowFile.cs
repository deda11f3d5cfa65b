namespace Matching.Api.Imports;

/// <summary>A file of rows, read from its first to its last.</summary>
public interface IRowFile : IAsyncDisposable
{
    /// <summary>Bytes that have been read, of <see cref="Length"/>.</summary>
    long BytesRead { get; }

    /// <summary>Null while nobody knows.</summary>
    long? Length { get; }

    /// <summary>The rows, the header first; empty ones are passed over. Throws <see cref="UnreadableFileException"/> where it stops being a file of its kind.</summary>
    IAsyncEnumerable<FileRow> RowsAsync(CancellationToken ct);
}

/// <summary>A row of a file: the line on which it begins, its cells as text, and which of them hold a mistake of the spreadsheet instead of a value.</summary>
public readonly record struct FileRow(int Line, string[] Cells, IReadOnlyList<int> Broken);

/// <summary>A file that cannot be read any further.</summary>
public sealed class UnreadableFileException(int line, Refusal refusal, Exception? inner = null) : Exception(refusal.En, inner)
{
    public int Line { get; } = line;

    public Refusal Refusal { get; } = refusal;
}
