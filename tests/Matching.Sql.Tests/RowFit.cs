using System.Reflection;

namespace Matching.SqlTests;

/// <summary>Whether what a statement yields goes into its row.</summary>
public static class RowFit
{
    private static readonly Dictionary<Type, string[]> Takes = new()
    {
        [typeof(Id)] = ["BINARY"],
        [typeof(byte[])] = ["BINARY", "VARBINARY"],
        [typeof(string)] = ["NVARCHAR"],
        [typeof(DateTimeOffset)] = ["DATETIMEOFFSET"],
        [typeof(int)] = ["INT"],
        [typeof(long)] = ["INT", "BIGINT"],
        [typeof(double)] = ["FLOAT", "INT"],
        // A bit is reckoned into an INT by CASE.
        [typeof(bool)] = ["BIT", "INT"],
    };

    public static IEnumerable<string> Problems(Statement statement)
    {
        if (statement.Sql.Row is not { } row)
        {
            yield break;
        }

        foreach (var column in Schema.Verifier.Read(statement).Columns)
        {
            if (PropertyOf(row, column.Name) is not { } property)
            {
                yield return $"{statement}: {row.Name} has no property for {column.Name}.";
                continue;
            }

            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            var takes = type.IsEnum ? ["NVARCHAR"] : Takes.GetValueOrDefault(type, []);
            if (!takes.Contains(column.Type.Split('(')[0]))
            {
                yield return $"{statement}: {column.Name} is {(column.Type.Length == 0 ? "of no known type" : column.Type)}, {row.Name}.{property.Name} is {type.Name}.";
            }

            // Dapper leaves a property as it was when the column is NULL: a time of year 1, a count of 0.
            if (column.Nullable && !Nullability.Of(property))
            {
                yield return $"{statement}: {column.Name} may be NULL, {row.Name}.{property.Name} may not.";
            }
        }
    }

    /// <summary>The enum that a column is read into; null where it is something else.</summary>
    public static Type? EnumOf(Statement statement, AnswerColumn column)
    {
        var type = PropertyOf(statement.Sql.Row!, column.Name)?.PropertyType;
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        return type is { IsEnum: true } ? type : null;
    }

    // As Dapper looks for it: underscores and case do not count.
    private static PropertyInfo? PropertyOf(Type row, string column) => row
        .GetProperties(BindingFlags.Instance | BindingFlags.Public)
        .FirstOrDefault(property => property.CanWrite && property.Name.Equals(column.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));
}
