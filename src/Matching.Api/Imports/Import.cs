using Matching.Api.Plumbing.Http;

namespace Matching.Api.Imports;

/// <summary>What a file brings.</summary>
public enum ImportKind
{
    Volunteers,

    Sites,

    MenuItems,
}

/// <summary>How far an import is.</summary>
public enum ImportState
{
    /// <summary>Waits for its file, or for the rest of it.</summary>
    Open,

    /// <summary>Every row was taken or refused.</summary>
    Finished,
}

/// <summary>A file that is handed in, as the rows have it.</summary>
public sealed record Import
{
    public Id Id { get; init; }

    public Id CenterId { get; init; }

    public ImportKind Kind { get; init; }

    /// <summary>The site whose subtree all of it belongs to.</summary>
    public Id SiteId { get; init; }

    public string Path { get; init; } = "";

    public string? FileName { get; init; }

    public bool DryRun { get; init; }

    public ImportState State { get; init; }

    /// <summary>Rows of the file that are settled, the header not counted.</summary>
    public int RowsDone { get; init; }

    /// <summary>A hash over the rows that are settled, each hashed onto those before.</summary>
    public byte[] DoneHash { get; init; } = [];

    public long BytesDone { get; init; }

    public long? BytesTotal { get; init; }

    public int Taken { get; init; }

    public int Refused { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public Id StartedBy { get; init; }

    public DateTimeOffset MovedAt { get; init; }
}

/// <summary>How an import stands.</summary>
/// <param name="RowsDone">Rows that are settled, the header not counted: taken or refused.</param>
/// <param name="Progress">0 to 1, by the bytes of the file; null while its length is unknown.</param>
public sealed record ImportResponse(
    Id Id, ImportKind Kind, Id SiteId, string? FileName, bool DryRun, ImportState State, int RowsDone, int Taken, int Refused, double? Progress, DateTimeOffset StartedAt,
    DateTimeOffset MovedAt)
{
    public static ImportResponse Of(Import import) => new(
        import.Id, import.Kind, import.SiteId, import.FileName, import.DryRun, import.State, import.RowsDone, import.Taken, import.Refused,
        import.State == ImportState.Finished ? 1 : import.BytesTotal is > 0 and var total ? Math.Round(Math.Min(1, (double)import.BytesDone / total), 4) : null,
        import.StartedAt, import.MovedAt);
}

/// <summary>What is wrong with a row.</summary>
/// <param name="Line">Of the file; the header is line 1.</param>
/// <param name="Column">By its English name; null when the whole row is meant.</param>
public sealed record ImportProblem(int Line, string? Column, string Code, string Message);
