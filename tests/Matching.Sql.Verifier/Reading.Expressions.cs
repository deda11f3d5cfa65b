using System.Globalization;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Matching.Sql.Verifier;

/// <summary>The half that reads expressions: their types as SQL Server would have them, the words in them, the functions that both engines know alike.</summary>
internal sealed partial class Reading
{
    // Name, fewest and most arguments. LOWER, UPPER and LIKE fold other letters on SQLite, LEN and LENGTH are one engine's each, AVG of INT cuts on one.
    private static readonly Dictionary<string, (int Fewest, int Most)> Functions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["COUNT"] = (1, 1), ["SUM"] = (1, 1), ["MIN"] = (1, 1), ["MAX"] = (1, 1),
        ["ABS"] = (1, 1), ["ROUND"] = (2, 2), ["SIGN"] = (1, 1), ["FLOOR"] = (1, 1), ["CEILING"] = (1, 1),
        ["CONCAT"] = (2, 100), ["REPLACE"] = (3, 3), ["SUBSTRING"] = (3, 3),
        ["ROW_NUMBER"] = (0, 0), ["RANK"] = (0, 0),
        // Only by way of {horizon}; SQLite has none of that name.
        ["MIN_ACTIVE_ROWVERSION"] = (0, 0),
    };

    private static bool IsAggregate(FunctionCall call) => call.FunctionName.Value.ToUpperInvariant() is "COUNT" or "SUM" or "MIN" or "MAX" or "AVG";

    private Column Type(ScalarExpression expression, Scope scope)
    {
        switch (expression)
        {
            case ColumnReferenceExpression column:
                return Find(column, scope) ?? Unknown;
            case VariableReference variable:
                return Use(variable.Name);
            case ParenthesisExpression parenthesis:
                return Type(parenthesis.Expression, scope);
            case StringLiteral text:
                if (text.IsNational)
                {
                    Say($"No N before {text.Words()[1..]}.");
                }

                return new Column("", $"NVARCHAR({text.Value.Length})", false, null, [text.Value]);
            case IntegerLiteral number:
                return new Column("", long.Parse(number.Value, CultureInfo.InvariantCulture) > int.MaxValue ? "BIGINT" : "INT", false);
            case NumericLiteral or RealLiteral:
                return new Column("", "FLOAT", false);
            case NullLiteral:
                return new Column("", "", true);
            case UnaryExpression unary:
                return Plain(Type(unary.Expression, scope));
            case BinaryExpression binary:
                return TypeOf(binary, scope);
            case CastCall cast:
                var source = Type(cast.Parameter, scope);
                return new Column("", Schema.TypeOf(cast.DataType), source.Nullable, FamilyOf(source.Type) == Family.RowVersion ? source.Origin : null);
            case CoalesceExpression coalesce:
                var parts = coalesce.Expressions.Select(part => Type(part, scope)).ToList();
                return OneOf(parts) with { Nullable = parts.TrueForAll(part => part.Nullable) };
            case NullIfExpression nullIf:
                Compare(nullIf.FirstExpression, nullIf.SecondExpression, scope);
                return Plain(Type(nullIf.FirstExpression, scope)) with { Nullable = true };
            case SearchedCaseExpression choice:
                foreach (var when in choice.WhenClauses)
                {
                    ReadCondition(when.WhenExpression, scope, narrows: false);
                }

                return OneOf([.. choice.WhenClauses.Select(when => Type(when.ThenExpression, scope)), Else(choice.ElseExpression)]);
            case SimpleCaseExpression choice:
                foreach (var when in choice.WhenClauses)
                {
                    Compare(choice.InputExpression, when.WhenExpression, scope);
                }

                return OneOf([.. choice.WhenClauses.Select(when => Type(when.ThenExpression, scope)), Else(choice.ElseExpression)]);
            case ScalarSubquery subquery:
                return ReadQuery(subquery.QueryExpression, scope) switch
                {
                    [var only] => only with { Nullable = !IsCount(subquery.QueryExpression) },
                    var columns => Wrong($"A subquery in the place of a value yields {columns.Count} columns."),
                };
            case FunctionCall call:
                return TypeOf(call, scope);
            default:
                return Wrong($"{expression.GetType().Name} is not on the list of what both engines know alike: {expression.Words()}");
        }

        Column Else(ScalarExpression? otherwise) => otherwise is null ? new Column("", "", true) : Type(otherwise, scope);
    }

    private Column TypeOf(BinaryExpression binary, Scope scope)
    {
        var (first, second) = (Type(binary.FirstExpression, scope), Type(binary.SecondExpression, scope));
        foreach (var side in new[] { first, second })
        {
            if (FamilyOf(side.Type) is not (Family.Whole or Family.Fraction or Family.Unknown))
            {
                Say($"Only numbers are reckoned with; texts are joined by CONCAT, times in C#: {binary.Words()}");
            }
        }

        return new Column("", Wider(first.Type, second.Type), first.Nullable || second.Nullable);
    }

    private Column TypeOf(FunctionCall call, Scope scope)
    {
        var name = call.FunctionName.Value.ToUpperInvariant();
        if (!Functions.TryGetValue(name, out var takes) || call.CallTarget is not null)
        {
            return Wrong($"{name} is not on the list of functions that both engines know alike.");
        }

        if (call.Parameters.Count < takes.Fewest || call.Parameters.Count > takes.Most)
        {
            return Wrong($"{name} takes {takes.Fewest} to {takes.Most} arguments, not {call.Parameters.Count}.");
        }

        var arguments = call.Parameters
            .Where(parameter => parameter is not ColumnReferenceExpression { ColumnType: ColumnType.Wildcard })
            .Select(parameter => Type(parameter, scope)).ToList();
        if (call.OverClause is { } over)
        {
            foreach (var sorted in over.Partitions.Concat((over.OrderByClause?.OrderByElements ?? []).Select(element => element.Expression)))
            {
                Sort(Type(sorted, scope), sorted);
            }
        }

        if (name is "MIN" or "MAX")
        {
            Sort(arguments[0], call);
        }

        return name switch
        {
            "COUNT" => new Column("", "INT", false),
            "ROW_NUMBER" or "RANK" => new Column("", "BIGINT", false),
            "MIN_ACTIVE_ROWVERSION" => new Column("", "ROWVERSION", false),
            "CONCAT" => new Column("", "NVARCHAR(4000)", false, Exact: arguments.TrueForAll(argument => argument.Exact)),
            "SUM" when FamilyOf(arguments[0].Type) is not (Family.Whole or Family.Fraction or Family.Unknown) || arguments[0].Type == "BIT" =>
                Wrong($"SUM takes numbers: {call.Words()}"),
            // Of no rows there is no sum and no greatest.
            "SUM" or "MIN" or "MAX" => Plain(arguments[0]) with { Nullable = true },
            _ => Plain(arguments[0]) with { Nullable = arguments.Exists(argument => argument.Nullable) },
        };
    }

    /// <summary>Reads a condition; where it must hold for every row, it also says which columns are then not NULL.</summary>
    private void ReadCondition(BooleanExpression condition, Scope scope, bool narrows)
    {
        switch (condition)
        {
            case BooleanParenthesisExpression parenthesis:
                ReadCondition(parenthesis.Expression, scope, narrows);
                break;
            case BooleanBinaryExpression both:
                var holds = narrows && both.BinaryExpressionType == BooleanBinaryExpressionType.And;
                ReadCondition(both.FirstExpression, scope, holds);
                ReadCondition(both.SecondExpression, scope, holds);
                break;
            case BooleanNotExpression not:
                ReadCondition(not.Expression, scope, narrows: false);
                break;
            case BooleanIsNullExpression isNull:
                Type(isNull.Expression, scope);
                Narrow(isNull.IsNot, isNull.Expression);
                break;
            case BooleanComparisonExpression comparison:
                Compare(comparison.FirstExpression, comparison.SecondExpression, scope);
                Narrow(true, comparison.FirstExpression, comparison.SecondExpression);
                if (narrows && comparison.ComparisonType == BooleanComparisonType.Equals)
                {
                    Fix(comparison.FirstExpression, comparison.SecondExpression);
                    Fix(comparison.SecondExpression, comparison.FirstExpression);
                }

                break;
            case BooleanTernaryExpression between:
                Compare(between.FirstExpression, between.SecondExpression, scope);
                Compare(between.FirstExpression, between.ThirdExpression, scope);
                Narrow(true, between.FirstExpression);
                break;
            case InPredicate { Subquery: { } subquery } among:
                var yielded = ReadQuery(subquery.QueryExpression, scope);
                if (yielded.Count != 1)
                {
                    Say($"IN asks for one column: {among.Words()}");
                    break;
                }

                Meet(Type(among.Expression, scope), yielded[0], among);
                if (among.NotDefined && yielded[0].Nullable)
                {
                    Say($"NOT IN a column that may be NULL is never true: {among.Words()}");
                }

                Narrow(true, among.Expression);
                break;
            case InPredicate among:
                foreach (var value in among.Values)
                {
                    Compare(among.Expression, value, scope);
                }

                Narrow(true, among.Expression);
                break;
            case ExistsPredicate exists:
                ReadQuery(exists.Subquery.QueryExpression, scope);
                break;
            default:
                Say($"{condition.GetType().Name} is not on the list of what both engines know alike: {condition.Words()}");
                break;
        }

        void Narrow(bool notNull, params IEnumerable<ScalarExpression> expressions)
        {
            foreach (var column in narrows && notNull ? expressions.OfType<ColumnReferenceExpression>() : [])
            {
                if (SourceOf(column, scope) is { } source)
                {
                    scope.Narrowed.Add($"{source.Alias}.{column.MultiPartIdentifier.Name()}");
                }
            }
        }

        void Fix(ScalarExpression one, ScalarExpression other)
        {
            if (one is ColumnReferenceExpression column && other is VariableReference or Literal && Find(column, scope, quietly: true) is { Origin: { } origin })
            {
                scope.Fixed.Add(origin);
            }
        }
    }

    private void Compare(ScalarExpression first, ScalarExpression second, Scope scope)
    {
        var (one, other) = (Type(first, scope), Type(second, scope));
        if (first is NullLiteral || second is NullLiteral)
        {
            Say($"NULL equals nothing: {first.Words()}, {second.Words()}");
        }

        Meet(one, other, first);
    }

    private void Meet(Column one, Column other, TSqlFragment where)
    {
        if (!Fit(FamilyOf(one.Type), FamilyOf(other.Type)))
        {
            Say($"{one.Type} is held against {other.Type}: {where.Words()}");
        }

        Sort(one, where);
        Sort(other, where);
        Remember(one, other);
        Remember(other, one);
    }

    // Compared, sorted or grouped: then both engines must see the same order and the same letters.
    private void Sort(Column column, TSqlFragment where)
    {
        if (!column.Exact)
        {
            Say($"{column.Origin ?? column.Name} is compared or sorted, and is not {{exact}}: {where.Words()}");
        }
    }

    private void Assign(Column target, ScalarExpression value, Scope scope)
    {
        var given = value is DefaultLiteral ? Wrong("DEFAULT is not written.") : Type(value, scope);
        Fit(target, given);
    }

    private void Fit(Column target, Column given)
    {
        if (!Fit(FamilyOf(target.Type), FamilyOf(given.Type)))
        {
            Say($"{given.Type} is written to {target.Origin}, which is {target.Type}.");
        }

        if (!target.Nullable && given.Nullable)
        {
            Say($"What may be NULL is written to {target.Origin}, which is NOT NULL.");
        }

        Remember(target, given);
    }

    private void Remember(Column column, Column words)
    {
        if (column.Origin is { } origin)
        {
            _words.AddRange((words.Words ?? []).Select(word => (origin, word)));
        }
    }

    private Column Use(string parameter)
    {
        _used.Add(parameter);
        return _parameters.TryGetValue(parameter, out var found) ? found with { Name = "" } : Wrong($"The parameter {parameter} is not in the record.");
    }

    private Source? SourceOf(ColumnReferenceExpression column, Scope scope)
    {
        var parts = column.MultiPartIdentifier.Identifiers;
        for (var at = scope; at is not null; at = at.Outer)
        {
            var found = at.Sources
                .Where(source => parts.Count == 1 || Same(source.Alias, parts[^2].Value))
                .Where(source => source.Columns.Any(known => Same(known.Name, parts[^1].Value)))
                .ToList();
            if (found.Count > 0)
            {
                return found.Count == 1 ? found[0] : null;
            }
        }

        return null;
    }

    private Column? Find(ColumnReferenceExpression column, Scope scope, bool quietly = false)
    {
        if (column.ColumnType != ColumnType.Regular)
        {
            return quietly ? null : Wrong($"Not a column: {column.Words()}");
        }

        if (SourceOf(column, scope) is not { } source)
        {
            return quietly ? null : Wrong($"No column, or more than one: {column.Words()}");
        }

        var name = column.MultiPartIdentifier.Name();
        var found = source.Columns.First(known => Same(known.Name, name));
        return IsNarrowed(scope, $"{source.Alias}.{name}") ? found with { Nullable = false } : found;
    }

    private static bool IsNarrowed(Scope? scope, string name) => scope is not null && (scope.Narrowed.Contains(name) || IsNarrowed(scope.Outer, name));

    private static bool IsCount(QueryExpression query) =>
        query is QuerySpecification { GroupByClause: null, SelectElements: [SelectScalarExpression { Expression: FunctionCall call }] } && Same(call.FunctionName.Value, "COUNT");

    private Column Wrong(string problem)
    {
        Say(problem);
        return Unknown;
    }

    private static readonly Column Unknown = new("", "", false);

    private static Column Plain(Column column) => column with { Origin = null, Words = null, Name = "" };

    private static Column OneOf(IReadOnlyList<Column> parts) => new(
        "",
        parts.Aggregate("", (type, part) => Wider(type, part.Type)),
        parts.Any(part => part.Nullable),
        null,
        [.. parts.SelectMany(part => part.Words ?? [])],
        parts.All(part => part.Exact));

    private static string Wider(string one, string other) => (FamilyOf(one), FamilyOf(other)) switch
    {
        (Family.Unknown, _) => other,
        (_, Family.Unknown) => one,
        (Family.Whole, Family.Whole) => one == "BIGINT" || other == "BIGINT" ? "BIGINT" : one == "BIT" && other == "BIT" ? "BIT" : "INT",
        (Family.Whole, Family.Fraction) => other,
        (Family.Text, Family.Text) => Longer(one, other),
        _ => one,
    };

    private static string Longer(string one, string other) => Length(one) >= Length(other) ? one : other;

    private static int Length(string type) => int.TryParse(type.AsSpan(type.IndexOf('(') + 1).TrimEnd(')'), out var length) ? length : int.MaxValue;

    private static bool Fit(Family one, Family other) => one == other
        // Eight bytes by which the feed is ordered.
        || (one is Family.RowVersion && other is Family.Bytes)
        || one == Family.Unknown || other == Family.Unknown
        || (one is Family.Whole or Family.Fraction && other is Family.Whole or Family.Fraction);

    private static Family FamilyOf(string type) => type.Split('(')[0] switch
    {
        "BINARY" or "VARBINARY" => Family.Bytes,
        "NVARCHAR" or "VARCHAR" or "NCHAR" or "CHAR" => Family.Text,
        "DATETIMEOFFSET" => Family.Time,
        "INT" or "BIGINT" or "BIT" or "SMALLINT" or "TINYINT" => Family.Whole,
        "FLOAT" or "NUMERIC" or "DECIMAL" or "REAL" => Family.Fraction,
        "ROWVERSION" => Family.RowVersion,
        _ => Family.Unknown,
    };

    /// <summary>Types that may meet without one engine or the other converting, refusing or sorting differently.</summary>
    private enum Family
    {
        Unknown,
        Bytes,
        Text,
        Time,
        Whole,
        Fraction,
        RowVersion,
    }
}
