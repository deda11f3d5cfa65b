using System.Diagnostics.CodeAnalysis;

namespace Matching.Api.Plumbing.Database;

/// <summary>
/// A statement of the product: a constant text in the SQL that both engines share, and the record of its parameters. Nothing else reaches the
/// database, so all of it can be listed and checked by reflection.
/// </summary>
public abstract class Sql(string text, Type parameters, Type? row)
{
    public string Text { get; } = text;

    public Type Parameters { get; } = parameters;

    /// <summary>What a row is read into; null for a statement that only writes.</summary>
    public Type? Row { get; } = row;
}

/// <summary>A statement that changes rows.</summary>
public sealed class Sql<TParameters>([StringSyntax("sql")] string text) : Sql(text, typeof(TParameters), null);

/// <summary>A statement that reads rows.</summary>
public sealed class Sql<TParameters, TRow>([StringSyntax("sql")] string text) : Sql(text, typeof(TParameters), typeof(TRow));

/// <summary>No parameters.</summary>
public sealed record Nothing
{
    public static readonly Nothing It = new();
}

/// <summary>One id.</summary>
public sealed record ById(Id Id);

/// <summary>Several ids for <c>IN @Ids</c>, as bytes, because a list reaches the driver past our type handlers. At most 500 at a time.</summary>
public sealed record ByIds(IReadOnlyList<byte[]> Ids)
{
    /// <summary>SQL Server takes 2,100 parameters in a statement.</summary>
    public const int Most = 500;

    public static IEnumerable<ByIds> Chunks(IEnumerable<Id> ids) => ids.Chunk(Most).Select(chunk => new ByIds(chunk.Select(id => id.ToBytes()).ToList()));
}
