using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Matching.Sql.Verifier;

/// <summary>
/// One statement read with the schema beside it: what it yields, which constant words it holds against which columns, and what is wrong with it that the
/// binder lets pass or that the two engines read differently.
/// </summary>
internal sealed partial class Reading
{
    private readonly IReadOnlyDictionary<string, Table> _tables;
    private readonly IReadOnlyDictionary<string, Column> _parameters;
    private readonly List<string> _problems = [];
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly List<(string Column, string Word)> _words = [];

    public Reading(IReadOnlyDictionary<string, Table> tables, IEnumerable<Column> parameters, string text)
    {
        _tables = tables;
        _parameters = parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        var (statements, problems) = TSql.Parse(text);
        _problems.AddRange(problems);
        if (problems.Count > 0)
        {
            return;
        }

        if (statements.Count != 1)
        {
            Say($"It holds {statements.Count} statements; a constant is one.");
        }

        foreach (var statement in statements)
        {
            Read(statement);
        }
    }

    /// <summary>What a row of the answer holds.</summary>
    public IReadOnlyList<Column> Columns { get; private set; } = [];

    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Parameters that stand in the text.</summary>
    public IReadOnlyCollection<string> Used => _used;

    /// <summary>Constant words and the columns they are compared with or written to.</summary>
    public IReadOnlyList<(string Column, string Word)> Words => _words;

    private void Say(string problem) => _problems.Add(problem);

    private void Read(TSqlStatement statement)
    {
        var scope = new Scope(null);
        if (statement is StatementWithCtesAndXmlNamespaces { WithCtesAndXmlNamespaces: { } with })
        {
            foreach (var common in with.CommonTableExpressions)
            {
                // The first branch says what the columns are; the second may already ask for them by this name.
                var first = FirstBranch(common.QueryExpression);
                var columns = Renamed(new Reading(_tables, _parameters.Values, scope, first).Columns, common.Columns);
                scope.Common[common.ExpressionName.Value] = columns;
                ReadQuery(common.QueryExpression, scope);
            }
        }

        switch (statement)
        {
            case SelectStatement { Into: null } select:
                Columns = ReadQuery(select.QueryExpression, scope);
                foreach (var column in Columns.Where(column => column.Name.Length == 0))
                {
                    Say("A column of the answer has no name.");
                }

                foreach (var twice in Columns.GroupBy(column => column.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
                {
                    Say($"The answer has {twice.Count()} columns called {twice.Key}.");
                }

                break;
            case InsertStatement { InsertSpecification: { } insert }:
                ReadInsert(insert, scope);
                break;
            case UpdateStatement { UpdateSpecification: { } update }:
                ReadUpdate(update, scope);
                break;
            case DeleteStatement { DeleteSpecification: { } delete }:
                ReadChange(delete, delete.FromClause, delete.WhereClause, scope);
                break;
            default:
                Say($"{statement.GetType().Name}: not among SELECT, INSERT, UPDATE and DELETE.");
                break;
        }
    }

    // Only to learn the columns of a common table's first branch; its problems are said when the whole is read.
    private Reading(IReadOnlyDictionary<string, Table> tables, IEnumerable<Column> parameters, Scope scope, QueryExpression query)
    {
        _tables = tables;
        _parameters = parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        Columns = ReadQuery(query, scope);
    }

    private void ReadInsert(InsertSpecification insert, Scope scope)
    {
        RefuseExtras(insert);
        if (TargetOf(insert.Target) is not { } table)
        {
            return;
        }

        var named = insert.Columns.Select(column => column.MultiPartIdentifier.Name()).ToList();
        var columns = named.ConvertAll(name => table.Columns.FirstOrDefault(column => Same(column.Name, name)) ?? new Column(name, "", true));
        if (named.Count == 0)
        {
            Say($"The INSERT into {table.Name} names no columns.");
        }

        foreach (var column in table.Columns.Where(column => !column.Nullable && !table.Filled.Contains(column.Name) && !named.Exists(name => Same(name, column.Name))))
        {
            Say($"The INSERT leaves out {column.Origin}, which is NOT NULL.");
        }

        switch (insert.InsertSource)
        {
            case ValuesInsertSource values:
                foreach (var row in values.RowValues)
                {
                    Count(row.ColumnValues.Count);
                    foreach (var (column, value) in columns.Zip(row.ColumnValues))
                    {
                        Assign(column, value, scope);
                    }
                }

                break;
            case SelectInsertSource select:
                var yielded = ReadQuery(select.Select, scope);
                Count(yielded.Count);
                foreach (var (column, value) in columns.Zip(yielded))
                {
                    Fit(column, value);
                }

                break;
            default:
                Say($"{insert.InsertSource.GetType().Name}: an INSERT takes VALUES or a SELECT.");
                break;
        }

        void Count(int values)
        {
            if (values != named.Count)
            {
                Say($"The INSERT names {named.Count} columns and gives {values} values.");
            }
        }
    }

    private void ReadUpdate(UpdateSpecification update, Scope scope)
    {
        var inner = ReadChange(update, update.FromClause, update.WhereClause, scope);
        foreach (var clause in update.SetClauses)
        {
            if (clause is not AssignmentSetClause { Column: { } target, Variable: null, AssignmentKind: AssignmentKind.Equals } set)
            {
                Say($"Not a plain column = value: {clause.Words()}");
                continue;
            }

            // Not by Find: that a row's value is not NULL now does not keep it from becoming so.
            var column = inner.Sources.SelectMany(source => source.Columns).FirstOrDefault(column => Same(column.Name, target.MultiPartIdentifier.Name()));
            Assign(column ?? Wrong($"No column: {target.Words()}"), set.NewValue, inner);
        }
    }

    private Scope ReadChange(UpdateDeleteSpecificationBase change, FromClause? from, WhereClause? where, Scope scope)
    {
        RefuseExtras(change);
        var inner = new Scope(scope);
        if (from is not null)
        {
            Say("FROM in an UPDATE or DELETE is read differently by the engines; use a subquery.");
        }
        else if (change.Target is NamedTableReference { Alias: not null })
        {
            Say("SQL Server takes no alias on the target of an UPDATE or DELETE.");
        }

        if (TargetOf(change.Target) is { } table)
        {
            inner.Sources.Add(new Source(table.Name, table, table.Columns));
        }

        if (where is not null)
        {
            ReadCondition(where.SearchCondition, inner, narrows: true);
        }
        else
        {
            Say("It changes every row: a WHERE is missing.");
        }

        return inner;
    }

    private void RefuseExtras(DataModificationSpecification change)
    {
        if (change.TopRowFilter is not null)
        {
            Say("TOP stands outside of {page}.");
        }

        if (change.OutputClause is not null || change.OutputIntoClause is not null)
        {
            Say("OUTPUT is SQL Server's alone.");
        }
    }

    private Table? TargetOf(TableReference target) =>
        target is NamedTableReference named && _tables.TryGetValue(named.SchemaObject.Name(), out var table) ? table : null;

    private IReadOnlyList<Column> ReadQuery(QueryExpression query, Scope scope)
    {
        IReadOnlyList<Column> columns;
        Scope inner;
        switch (query)
        {
            case QueryParenthesisExpression parenthesis:
                return ReadQuery(parenthesis.QueryExpression, scope);

            case BinaryQueryExpression union:
                var first = ReadQuery(union.FirstQueryExpression, scope);
                var second = ReadQuery(union.SecondQueryExpression, scope);
                if (first.Count != second.Count)
                {
                    Say($"One branch yields {first.Count} columns, the other {second.Count}.");
                }

                columns = [.. first.Zip(second, (one, other) => one with
                {
                    Type = Wider(one.Type, other.Type),
                    Nullable = one.Nullable || other.Nullable,
                    Origin = one.Origin == other.Origin ? one.Origin : null,
                    Words = [.. one.Words ?? [], .. other.Words ?? []],
                    Exact = one.Exact && other.Exact,
                })];
                inner = new Scope(scope);
                inner.Sources.Add(new Source("", null, columns));
                break;

            case QuerySpecification specification:
                (columns, inner) = ReadSpecification(specification, scope);
                break;

            default:
                Say($"{query.GetType().Name} is not known.");
                return [];
        }

        ReadOrder(query, columns, inner);
        return columns;
    }

    private (IReadOnlyList<Column> Columns, Scope Inner) ReadSpecification(QuerySpecification query, Scope scope)
    {
        var inner = new Scope(scope);
        foreach (var table in query.FromClause?.TableReferences ?? [])
        {
            ReadSource(table, inner, optional: false);
        }

        if (query.TopRowFilter is not null)
        {
            Say("TOP stands outside of {page}.");
        }

        if (query.WhereClause is { } where)
        {
            ReadCondition(where.SearchCondition, inner, narrows: true);
        }

        foreach (var grouping in query.GroupByClause?.GroupingSpecifications ?? [])
        {
            if (grouping is ExpressionGroupingSpecification { Expression: ColumnReferenceExpression column })
            {
                var group = Type(column, inner);
                Sort(group, column);
                inner.Groups.Add(group.Origin ?? column.Words());
            }
            else
            {
                Say($"GROUP BY takes columns: {grouping.Words()}");
            }
        }

        if (query.HavingClause is { } having)
        {
            ReadCondition(having.SearchCondition, inner, narrows: false);
        }

        var columns = new List<Column>();
        foreach (var element in query.SelectElements)
        {
            if (element is SelectScalarExpression scalar)
            {
                var column = Type(scalar.Expression, inner);
                columns.Add(column with { Name = scalar.ColumnName?.Value ?? (scalar.Expression is ColumnReferenceExpression plain ? plain.MultiPartIdentifier.Name() : "") });
            }
            else
            {
                Say($"Columns are named, one by one: {element.Words()}");
            }
        }

        foreach (var column in query.UniqueRowFilter == UniqueRowFilter.Distinct ? columns : [])
        {
            Sort(column, query);
        }

        ReadGroups(query, inner);
        return (columns, inner);
    }

    // Once rows are grouped or counted, a column stands in a group or inside an aggregate.
    private void ReadGroups(QuerySpecification query, Scope scope)
    {
        IEnumerable<TSqlFragment> outside = [.. query.SelectElements, .. Some(query.HavingClause), .. Some(query.OrderByClause)];
        var found = new UngroupedColumns();
        foreach (var part in outside)
        {
            part.Accept(found);
        }

        if (query.GroupByClause is null && !found.Aggregates)
        {
            return;
        }

        foreach (var column in found.Columns)
        {
            // A name of the answer is an expression that has been looked at.
            var isOfTheAnswer = query.SelectElements.OfType<SelectScalarExpression>().Any(element => Same(element.ColumnName?.Value, column.Words()));
            if (!isOfTheAnswer && !scope.Groups.Contains(Find(column, scope, quietly: true)?.Origin ?? column.Words()))
            {
                Say($"{column.Words()} is neither grouped nor counted.");
            }
        }

        static IEnumerable<TSqlFragment> Some(TSqlFragment? fragment) => fragment is null ? [] : [fragment];
    }

    private void ReadOrder(QueryExpression query, IReadOnlyList<Column> columns, Scope inner)
    {
        var order = query.OrderByClause?.OrderByElements ?? [];
        var origins = new List<string>();
        foreach (var element in order)
        {
            var name = element.Expression is ColumnReferenceExpression { MultiPartIdentifier.Identifiers.Count: 1 } plain ? plain.MultiPartIdentifier.Name() : null;
            var column = columns.FirstOrDefault(column => Same(column.Name, name)) ?? Type(element.Expression, inner);
            Sort(column, element.Expression);
            origins.Add(column.Origin ?? element.Expression.Words());
            if (element.Expression is Literal)
            {
                Say("ORDER BY a number of a column.");
            }

            if (query is QuerySpecification { UniqueRowFilter: UniqueRowFilter.Distinct } && !columns.Any(shown => shown.Origin is not null ? shown.Origin == column.Origin : Same(shown.Name, name)))
            {
                Say($"A DISTINCT answer is ordered by {element.Expression.Words()}, which it does not show.");
            }
        }

        if (query.OffsetClause is not { } page)
        {
            return;
        }

        if (page.Words() != "OFFSET 0 ROWS FETCH NEXT @Take ROWS ONLY")
        {
            Say($"Only {{page}} cuts an answer: {page.Words()}");
        }

        Use("@Take");
        if (order.Count == 0 || !EndsInKey(query, origins, inner))
        {
            Say($"The order of a page does not end in a key: {query.OrderByClause?.Words() ?? "no order"}");
        }
    }

    private static bool EndsInKey(QueryExpression query, List<string> order, Scope inner)
    {
        // One row a group, one row a distinct answer: all that makes it so is its key.
        if (query is QuerySpecification { GroupByClause: not null })
        {
            return inner.Groups.All(group => order.Contains(group));
        }

        if (query is BinaryQueryExpression)
        {
            return Same(order[^1], "id");
        }

        return inner.Sources.Any(source => source.Table?.Keys.Any(key =>
            key.Any(column => order[^1] == $"{source.Table.Name}.{column}")
            && key.All(column => order.Contains($"{source.Table.Name}.{column}") || inner.Fixed.Contains($"{source.Table.Name}.{column}"))) == true);
    }

    private void ReadSource(TableReference reference, Scope scope, bool optional)
    {
        switch (reference)
        {
            case NamedTableReference named:
                var name = named.SchemaObject.Name();
                if (named.SchemaObject.Identifiers.Count > 1)
                {
                    Say($"A schema stands before {name}.");
                }

                if (named.TableHints.Count > 0)
                {
                    Say($"{name} carries a hint, which is SQL Server's alone.");
                }

                var common = scope.CommonOf(name);
                var table = common is null ? _tables.GetValueOrDefault(name) : null;
                if (common is null && table is null)
                {
                    Say($"There is no table {name}.");
                }

                Add(named.Alias?.Value ?? name, table, common ?? table?.Columns ?? []);
                break;
            case QueryDerivedTable derived:
                Add(derived.Alias.Value, null, Renamed(ReadQuery(derived.QueryExpression, scope), derived.Columns));
                break;
            case JoinParenthesisTableReference parenthesis:
                ReadSource(parenthesis.Join, scope, optional);
                break;
            case UnqualifiedJoin { UnqualifiedJoinType: UnqualifiedJoinType.CrossJoin } cross:
                ReadSource(cross.FirstTableReference, scope, optional);
                ReadSource(cross.SecondTableReference, scope, optional);
                break;
            case QualifiedJoin { QualifiedJoinType: QualifiedJoinType.Inner or QualifiedJoinType.LeftOuter } join:
                var left = join.QualifiedJoinType == QualifiedJoinType.LeftOuter;
                ReadSource(join.FirstTableReference, scope, optional);
                ReadSource(join.SecondTableReference, scope, optional || left);
                if (join.JoinHint != JoinHint.None)
                {
                    Say("A join carries a hint.");
                }

                ReadCondition(join.SearchCondition, scope, narrows: !left && !optional);
                break;
            default:
                Say($"{reference.GetType().Name}: not a table, a subquery, or an inner, left or cross join.");
                break;
        }

        void Add(string alias, Table? table, IReadOnlyList<Column> columns) =>
            scope.Sources.Add(new Source(alias, table, optional ? [.. columns.Select(column => column with { Nullable = true })] : columns));
    }

    private static IReadOnlyList<Column> Renamed(IReadOnlyList<Column> columns, IList<Identifier> names) =>
        names.Count == 0 ? columns : [.. columns.Zip(names, (column, name) => column with { Name = name.Value })];

    private static QueryExpression FirstBranch(QueryExpression query) => query switch
    {
        BinaryQueryExpression union => FirstBranch(union.FirstQueryExpression),
        QueryParenthesisExpression parenthesis => FirstBranch(parenthesis.QueryExpression),
        _ => query,
    };

    private static bool Same(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private sealed record Source(string Alias, Table? Table, IReadOnlyList<Column> Columns);

    /// <summary>The names that can be used at a place.</summary>
    private sealed class Scope(Scope? outer)
    {
        public Scope? Outer { get; } = outer;

        public List<Source> Sources { get; } = [];

        public Dictionary<string, IReadOnlyList<Column>> Common { get; } = new(StringComparer.OrdinalIgnoreCase);

        /// <summary>Columns that a condition keeps from being NULL, as alias.column.</summary>
        public HashSet<string> Narrowed { get; } = new(StringComparer.OrdinalIgnoreCase);

        /// <summary>Columns that a condition holds to one value.</summary>
        public HashSet<string> Fixed { get; } = new(StringComparer.OrdinalIgnoreCase);

        /// <summary>What the rows are grouped by.</summary>
        public HashSet<string> Groups { get; } = new(StringComparer.OrdinalIgnoreCase);

        public IReadOnlyList<Column>? CommonOf(string name) => Common.GetValueOrDefault(name) ?? Outer?.CommonOf(name);
    }

    /// <summary>Columns outside of aggregates and of subqueries, which have groups of their own.</summary>
    private sealed class UngroupedColumns : TSqlFragmentVisitor
    {
        public bool Aggregates { get; private set; }

        public List<ColumnReferenceExpression> Columns { get; } = [];

        public override void ExplicitVisit(FunctionCall node)
        {
            if (node.OverClause is null && IsAggregate(node))
            {
                Aggregates = true;
                return;
            }

            foreach (var parameter in node.Parameters)
            {
                parameter.Accept(this);
            }

            node.OverClause?.Accept(this);
        }

        public override void ExplicitVisit(ScalarSubquery node)
        {
        }

        public override void ExplicitVisit(ColumnReferenceExpression node)
        {
            if (node.ColumnType == ColumnType.Regular)
            {
                Columns.Add(node);
            }
        }
    }
}
