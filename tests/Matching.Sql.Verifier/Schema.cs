using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Matching.Sql.Verifier;

/// <summary>A column: of a table, or of what a query yields.</summary>
/// <param name="Name">Empty where an expression has no name.</param>
/// <param name="Type">As declared, e.g. <c>NVARCHAR(200)</c>; empty where it is not known.</param>
/// <param name="Origin">The table and column it comes from unchanged, e.g. <c>wishes.state</c>; null for an expression.</param>
/// <param name="Words">Constant texts that an expression can yield.</param>
/// <param name="Exact">False for a text that SQL Server compares and sorts by its own collation, which is not SQLite's.</param>
internal sealed record Column(string Name, string Type, bool Nullable, string? Origin = null, IReadOnlyList<string>? Words = null, bool Exact = true);

/// <summary>A table as the migrations leave it.</summary>
/// <param name="Filled">Columns that the database fills when an INSERT does not name them.</param>
/// <param name="Keys">Column sets that are unique in every row.</param>
internal sealed record Table(string Name, IReadOnlyList<Column> Columns, IReadOnlySet<string> Filled, IReadOnlyList<IReadOnlyList<string>> Keys);

/// <summary>
/// What the migrations leave behind. The binder takes no ALTER TABLE and overlooks a dropped column, so the changes are folded into the CREATE TABLE that
/// they change; a step that is not known here is a problem, not a guess.
/// </summary>
internal sealed class Schema
{
    private const int MostKeyBytes = 1_700;

    private readonly Dictionary<string, CreateTableStatement> _created = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, CreateIndexStatement> _indexes = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _problems = [];

    public Schema(IEnumerable<string> migrations)
    {
        foreach (var step in migrations)
        {
            var (statements, problems) = TSql.Parse(step);
            _problems.AddRange(problems.Select(problem => $"{step.Split('\n')[0]}: {problem}"));
            foreach (var statement in statements)
            {
                Fold(statement);
            }
        }

        Tables = _created.Values.Select(Read).ToDictionary(table => table.Name, StringComparer.OrdinalIgnoreCase);
        _problems.AddRange(_indexes.Values.SelectMany(Judge));
        Definitions = [.. _created.Values.Select(TSql.Write), .. _indexes.Values.Select(TSql.Write)];
    }

    public IReadOnlyDictionary<string, Table> Tables { get; }

    /// <summary>One CREATE each.</summary>
    public IReadOnlyList<string> Definitions { get; }

    public IReadOnlyList<string> Problems => _problems;

    private void Fold(TSqlStatement statement)
    {
        switch (statement)
        {
            case CreateTableStatement create when _created.TryAdd(create.SchemaObjectName.Name(), create):
            case CreateIndexStatement index when _indexes.TryAdd(index.Name.Value, index):
            case InsertStatement or UpdateStatement or DeleteStatement:
                break;

            case AlterTableAddTableElementStatement add when _created.TryGetValue(add.SchemaObjectName.Name(), out var table):
                foreach (var column in add.Definition.ColumnDefinitions)
                {
                    table.Definition.ColumnDefinitions.Add(column);
                }

                foreach (var constraint in add.Definition.TableConstraints)
                {
                    table.Definition.TableConstraints.Add(constraint);
                }

                break;

            case AlterTableDropTableElementStatement drop
                when _created.TryGetValue(drop.SchemaObjectName.Name(), out var table)
                && drop.AlterTableDropTableElements.All(element => element.TableElementType == TableElementType.Column
                    && RemoveColumn(table.Definition.ColumnDefinitions, element.Name.Value)):
                break;

            case DropTableStatement drop when drop.Objects.All(dropped => _created.Remove(dropped.Name())):
                foreach (var index in _indexes.Where(index => !_created.ContainsKey(index.Value.OnName.Name())).ToList())
                {
                    _indexes.Remove(index.Key);
                }

                break;

            case DropIndexStatement drop
                when drop.DropIndexClauses.All(clause => clause is DropIndexClause named && _indexes.Remove(named.Index.Value)):
                break;

            default:
                _problems.Add($"The folding of migrations does not know this step: {statement.Words()}");
                break;
        }
    }

    private IEnumerable<string> Judge(CreateIndexStatement index)
    {
        if (!Tables.TryGetValue(index.OnName.Name(), out var table))
        {
            yield break;
        }

        var names = NamesOf(index.Columns);
        var keys = table.Columns.Where(column => names.Contains(column.Name, StringComparer.OrdinalIgnoreCase)).ToList();
        if (keys.Sum(column => BytesOf(column.Type)) > MostKeyBytes)
        {
            yield return $"The key of {index.Name.Value} may grow longer than {MostKeyBytes} bytes.";
        }

        // SQLite lets NULL in as often as it comes, SQL Server once.
        foreach (var column in index.Unique && index.FilterPredicate is null ? keys.Where(column => column.Nullable) : [])
        {
            yield return $"{index.Name.Value} is unique, and {column.Origin} may be NULL: it needs WHERE {column.Name} IS NOT NULL.";
        }
    }

    private static int BytesOf(string type)
    {
        var length = type.Contains('(', StringComparison.Ordinal) && int.TryParse(type.Split('(', ')')[1], out var number) ? number : MostKeyBytes;
        return type.Split('(')[0] switch
        {
            "NVARCHAR" => 2 * length,
            "BINARY" or "VARBINARY" => length,
            "DATETIMEOFFSET" => 10,
            _ => 8,
        };
    }

    private static bool RemoveColumn(IList<ColumnDefinition> columns, string name) =>
        columns.FirstOrDefault(column => column.ColumnIdentifier.Value.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found && columns.Remove(found);

    private Table Read(CreateTableStatement create)
    {
        var name = create.SchemaObjectName.Name();
        var columns = create.Definition.ColumnDefinitions
            .Select(column => new Column(
                column.ColumnIdentifier.Value,
                TypeOf(column.DataType),
                !column.Constraints.OfType<NullableConstraintDefinition>().Any(constraint => !constraint.Nullable),
                $"{name}.{column.ColumnIdentifier.Value}",
                Exact: column.Collation is not null || !TypeOf(column.DataType).StartsWith("NVARCHAR", StringComparison.Ordinal)))
            .ToList();
        var filled = create.Definition.ColumnDefinitions
            .Where(column => column.DefaultConstraint is not null || TypeOf(column.DataType) == "ROWVERSION")
            .Select(column => column.ColumnIdentifier.Value)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var keys = create.Definition.TableConstraints.OfType<UniqueConstraintDefinition>().Select(constraint => NamesOf(constraint.Columns))
            .Concat(_indexes.Values
                .Where(index => index.Unique && index.FilterPredicate is null && index.OnName.Name().Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(index => NamesOf(index.Columns)))
            .Concat(columns.Where(column => column.Type == "ROWVERSION").Select(IReadOnlyList<string> (column) => [column.Name]))
            .ToList();
        return new Table(name, columns, filled, keys);
    }

    public static string TypeOf(DataTypeReference type) => type.Words().Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();

    private static IReadOnlyList<string> NamesOf(IEnumerable<ColumnWithSortOrder> columns) =>
        [.. columns.Select(column => column.Column.MultiPartIdentifier.Name())];
}
