using System.Data;
using System.Data.Common;
using Dapper;

namespace Matching.Api.Plumbing.Database;

/// <summary>Reads rows, inside or outside of a transaction.</summary>
public interface IRows
{
    Task<TRow?> FirstAsync<TParameters, TRow>(Sql<TParameters, TRow> query, TParameters parameters);

    Task<List<TRow>> ListAsync<TParameters, TRow>(Sql<TParameters, TRow> query, TParameters parameters);
}

/// <summary>What a lambda of <see cref="Database.WriteAsync{T}"/> works with: rows, and nothing but rows.</summary>
public sealed class Transaction(DatabaseEngine engine, DbConnection connection, DbTransaction? transaction, CancellationToken ct) : IRows
{
    private const string Place = "by_itself";

    private readonly List<Action> _afterCommit = [];

    public Task<TRow?> FirstAsync<TParameters, TRow>(Sql<TParameters, TRow> query, TParameters parameters) =>
        connection.QueryFirstOrDefaultAsync<TRow>(Command(query, parameters));

    public async Task<List<TRow>> ListAsync<TParameters, TRow>(Sql<TParameters, TRow> query, TParameters parameters) =>
        (await connection.QueryAsync<TRow>(Command(query, parameters))).AsList();

    /// <summary>Changes rows and says how many.</summary>
    public async Task<int> ExecuteAsync<TParameters>(Sql<TParameters> statement, TParameters parameters)
    {
        try
        {
            return await connection.ExecuteAsync(Command(statement, parameters));
        }
        catch (DbException problem) when (engine.IsSomebodyFirst(problem))
        {
            throw new SomebodyWasFirstException(problem);
        }
    }

    /// <summary>The same statement for each of many: compiled once on SQLite, with few ways to and fro on SQL Server.</summary>
    public async Task ExecuteEachAsync<TParameters>(Sql<TParameters> statement, IReadOnlyCollection<TParameters> each)
    {
        try
        {
            await engine.ExecuteEachAsync(connection, transaction, engine.Expand(statement.Text), each, ct);
        }
        catch (DbException problem) when (engine.IsSomebodyFirst(problem))
        {
            throw new SomebodyWasFirstException(problem);
        }
    }

    /// <summary>
    /// What stands or falls by itself: where it is refused, or somebody was first, what it wrote is gone and the rest of the transaction goes on. Such pieces
    /// follow one another; none stands within another.
    /// </summary>
    public async Task<Outcome<T>> ByItselfAsync<T>(Func<Task<Outcome<T>>> write)
    {
        var hints = _afterCommit.Count;
        engine.Save(transaction!, Place);
        try
        {
            var outcome = await write();
            if (outcome.Refused)
            {
                Undo(hints);
            }

            engine.Release(transaction!, Place);
            return outcome;
        }
        catch (SomebodyWasFirstException)
        {
            Undo(hints);
            engine.Release(transaction!, Place);
            throw;
        }
    }

    /// <summary>Done once the rows are safe; lost with the process, so only for hints such as waking a job.</summary>
    public void AfterCommit(Action hint) => _afterCommit.Add(hint);

    internal void Committed()
    {
        foreach (var hint in _afterCommit)
        {
            hint();
        }
    }

    private void Undo(int hints)
    {
        engine.RollBackTo(transaction!, Place);
        _afterCommit.RemoveRange(hints, _afterCommit.Count - hints);
    }

    private CommandDefinition Command<TParameters>(Sql sql, TParameters parameters) =>
        new(engine.Expand(sql.Text), parameters is Nothing ? null : parameters, transaction, cancellationToken: ct);
}

/// <summary>A unique index settled a race, and not for us. The deed that expects it says which refusal it means.</summary>
public sealed class SomebodyWasFirstException(Exception inner) : Exception("Somebody was first.", inner);

/// <summary>The database stayed busy for longer than anybody should wait.</summary>
public sealed class DatabaseBusyException(Exception inner) : Exception("The database stayed busy.", inner);
