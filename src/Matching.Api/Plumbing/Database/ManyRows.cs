using System.Data;
using System.Data.Common;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Dapper;

namespace Matching.Api.Plumbing.Database;

/// <summary>
/// One INSERT for many rows, where each statement is a way to a server and back: the constant's VALUES (@A, @B) becomes VALUES (@A_0, @B_0), (@A_1, @B_1) and so
/// on. Always as many rows as a power of two, so that the server keeps few plans.
/// </summary>
internal sealed partial class ManyRows<TParameters>
{
    // SQL Server takes 2,100 parameters in a statement and 1,000 rows after VALUES.
    private const int MostParameters = 2_000;
    private const int MostRows = 512;

    private readonly string _head;
    private readonly string _row;
    private readonly int _most;

    private ManyRows(string head, string row)
    {
        (_head, _row) = (head, row);
        _most = FloorOfPowers(Math.Min(MostRows, MostParameters / Math.Max(1, Parameter().Count(row))));
    }

    /// <summary>Null for a statement that is no such INSERT.</summary>
    public static ManyRows<TParameters>? Of(string text) =>
        Insert().Match(text) is { Success: true } match ? new ManyRows<TParameters>(match.Groups["head"].Value, match.Groups["row"].Value) : null;

    public async Task ExecuteAsync(DbConnection connection, DbTransaction? transaction, IReadOnlyList<TParameters> each, CancellationToken ct)
    {
        for (var at = 0; at < each.Count;)
        {
            var count = FloorOfPowers(Math.Min(_most, each.Count - at));
            await connection.ExecuteAsync(new CommandDefinition(Text(count), new Rows([.. each.Skip(at).Take(count)]), transaction, cancellationToken: ct));
            at += count;
        }
    }

    private static int FloorOfPowers(int number) => 1 << BitOperations.Log2((uint)number);

    private string Text(int count)
    {
        var text = new StringBuilder(_head);
        for (var index = 0; index < count; index++)
        {
            text.Append(index == 0 ? "" : ", ").Append(Parameter().Replace(_row, $"$0_{index}"));
        }

        return text.ToString();
    }

    // Up to the end: what comes after the values, there is none.
    [GeneratedRegex(@"^(?<head>\s*INSERT INTO \w+ \([\w\s,]+\)\s*VALUES\s*)(?<row>\(.*\))\s*$", RegexOptions.Singleline)]
    private static partial Regex Insert();

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();

    /// <summary>The parameters of all rows, each as Dapper and our handlers make it for one row.</summary>
    private sealed class Rows(IReadOnlyList<TParameters> rows) : SqlMapper.IDynamicParameters
    {
        public void AddParameters(IDbCommand command, SqlMapper.Identity identity)
        {
            foreach (var (index, row) in rows.Index())
            {
                using var alone = command.Connection!.CreateCommand();
                new Row(row!).AddTo(alone, identity);
                var made = alone.Parameters.Cast<IDbDataParameter>().ToList();
                alone.Parameters.Clear();
                foreach (var parameter in made)
                {
                    parameter.ParameterName = $"{parameter.ParameterName}_{index}";
                    command.Parameters.Add(parameter);
                }
            }
        }
    }

    private sealed class Row : DynamicParameters
    {
        // None is left out because the text names it otherwise.
        public Row(object row)
            : base(row) => RemoveUnused = false;

        public void AddTo(IDbCommand command, SqlMapper.Identity identity) => AddParameters(command, identity);
    }
}
