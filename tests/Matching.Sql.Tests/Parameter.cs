using System.Reflection;
using System.Text.RegularExpressions;
using Matching.Api.Plumbing.Database;

namespace Matching.SqlTests;

/// <summary>A parameter as both engines are told of it: from a property of a statement's record.</summary>
/// <param name="Name">With its @.</param>
/// <param name="Type">In SQL Server's words.</param>
public sealed partial record Parameter(string Name, string Type, bool Nullable)
{
    // What IN @Ids becomes: as many parameters as there are ids. Two stand for all.
    private const int ListLength = 2;

    private static readonly Dictionary<Type, string> Types = new()
    {
        [typeof(Id)] = "BINARY(16)",
        [typeof(DateTimeOffset)] = "DATETIMEOFFSET(3)",
        [typeof(string)] = "NVARCHAR(4000)",
        [typeof(int)] = "INT",
        [typeof(long)] = "BIGINT",
        [typeof(double)] = "FLOAT",
        [typeof(bool)] = "BIT",
        [typeof(byte[])] = "VARBINARY(MAX)",
    };

    /// <summary>The parameters of a statement, lists in their places.</summary>
    public static IReadOnlyList<Parameter> Of(Statement statement) =>
    [
        .. statement.Sql.Parameters.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .SelectMany(property => ListOf(property.PropertyType) is { } element
                ? Enumerable.Range(1, ListLength).Select(number => new Parameter($"@{property.Name}{number}", TypeOf(statement, property, element), false))
                : [new Parameter($"@{property.Name}", TypeOf(statement, property, property.PropertyType), Nullability.Of(property))]),
    ];

    /// <summary>The text as an engine gets it.</summary>
    public static string Expand(Statement statement, DatabaseEngine engine)
    {
        var lists = statement.Sql.Parameters.GetProperties().Where(property => ListOf(property.PropertyType) is not null).Select(property => property.Name).ToHashSet();
        return InList().Replace(engine.Expand(statement.Sql.Text), match => lists.Contains(match.Groups[1].Value)
            ? $"IN ({string.Join(", ", Enumerable.Range(1, ListLength).Select(number => $"@{match.Groups[1].Value}{number}"))})"
            : match.Value);
    }

    /// <summary>Some value that SQLite can be given.</summary>
    public object Example() => Type.Split('(')[0] switch
    {
        "INT" or "BIGINT" or "BIT" => 1,
        "FLOAT" => 1.5,
        "BINARY" or "VARBINARY" => new byte[16],
        _ => "2026-05-08T01:00:00.000Z",
    };

    private static string TypeOf(Statement statement, PropertyInfo property, Type type) =>
        Types.TryGetValue(System.Nullable.GetUnderlyingType(type) ?? type, out var known)
            ? known
            : throw new InvalidOperationException($"{statement}: {property.Name} is {type.Name}, which no column takes. Enums are passed as words.");

    private static Type? ListOf(Type type) => type == typeof(string) || type == typeof(byte[])
        ? null
        : type.GetInterfaces().Prepend(type).FirstOrDefault(each => each.IsGenericType && each.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];

    [GeneratedRegex(@"IN @(\w+)")]
    private static partial Regex InList();
}

/// <summary>Whether a property may be null, by its type or its question mark.</summary>
public static class Nullability
{
    public static bool Of(PropertyInfo property) => new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;
}
