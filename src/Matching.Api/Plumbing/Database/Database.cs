using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Threading.Channels;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Http;
using Microsoft.Data.Sqlite;

namespace Matching.Api.Plumbing.Database;

/// <summary>The only way to the rows. Reads stand alone; every write is one lambda, one transaction, tried again as a whole.</summary>
public sealed class Database : IRows, IAsyncDisposable
{
    private const int Tries = 6;

    // 40 ms and twice as long each time: ten seconds in all, as a replica takes that steps in.
    private const int TriesOnServer = 8;

    // The last thing that a write on SQL Server does: where COMMIT got no answer, this row says what became of it.
    private static readonly Sql<CommitMark> Mark = new("INSERT INTO commit_marks (id, created_at) VALUES (@Id, @CreatedAt)");

    // A write inside a write would wait for itself.
    private static readonly AsyncLocal<bool> Writing = new();

    private readonly DatabaseEngine _engine;
    private readonly SqliteWriter? _writer;
    private readonly Idempotency _idempotency;
    private readonly Ids _ids;
    private readonly MachineClock _clock;

    public Database(DatabaseEngine engine, Idempotency idempotency, Ids ids, MachineClock clock)
    {
        ColumnTypes.Register();
        (_engine, _idempotency, _ids, _clock) = (engine, idempotency, ids, clock);
        _writer = engine is SqliteEngine sqlite ? new SqliteWriter(sqlite) : null;
    }

    public Task<TRow?> FirstAsync<TParameters, TRow>(Sql<TParameters, TRow> query, TParameters parameters) => PatientlyAsync(
        async () =>
        {
            using var connection = await _engine.OpenAsync(CancellationToken.None);
            return await Outside(connection).FirstAsync(query, parameters);
        },
        CancellationToken.None);

    public Task<List<TRow>> ListAsync<TParameters, TRow>(Sql<TParameters, TRow> query, TParameters parameters) => PatientlyAsync(
        async () =>
        {
            using var connection = await _engine.OpenAsync(CancellationToken.None);
            return await Outside(connection).ListAsync(query, parameters);
        },
        CancellationToken.None);

    /// <summary>Several reads that see the same state.</summary>
    public Task<T> ReadAsync<T>(Func<IRows, Task<T>> read, CancellationToken ct) => PatientlyAsync(
        async () =>
        {
            using var connection = await _engine.OpenAsync(ct);
            var transaction = connection is SqliteConnection sqlite
                ? sqlite.BeginTransaction(IsolationLevel.Serializable, deferred: true)
                : await connection.BeginTransactionAsync(IsolationLevel.Snapshot, ct);
            return await read(new Transaction(_engine, connection, transaction, ct));
        },
        ct);

    /// <summary>
    /// Writes in one transaction. The lambda may run more than once, so it holds nothing but rows and awaits nothing but the database. A result that
    /// is a refusal leaves no trace. Within a request that carries an idempotency key, the first write that yields the deed's answer also keeps it.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<Transaction, Task<T>> write, CancellationToken ct) => WriteWholeAsync(_idempotency.Around(write), ct);

    public Task WriteAsync(Func<Transaction, Task> write, CancellationToken ct) => WriteAsync(
        async tx =>
        {
            await write(tx);
            return Done.It;
        },
        ct);

    /// <summary>
    /// A part of a write that is too long for one transaction: others write between the parts. Within a request that carries an idempotency key, a part that was
    /// done before it broke off is not done again: what it yielded was kept with it. A refusal leaves no trace and is not kept.
    /// </summary>
    /// <param name="number">Which part; the same whenever the same request is done.</param>
    public async Task<Outcome<T>> WritePartAsync<T>(int number, Func<Transaction, Task<Outcome<T>>> write, CancellationToken ct)
    {
        if (await _idempotency.FindPartAsync<T>(this, number) is { } done)
        {
            return done;
        }

        try
        {
            return await WriteWholeAsync(_idempotency.AroundPart(number, write), ct);
        }
        catch (AnsweredMeanwhileException)
        {
            return await _idempotency.FindPartAsync<T>(this, number) ?? throw new InvalidOperationException("The row that was there is gone.");
        }
    }

    /// <summary>The same for each of many, fifty a part, in their order.</summary>
    /// <param name="firstPart">The number of the first part.</param>
    public async Task<Outcome<List<TDone>>> WriteInPartsAsync<TItem, TDone>(
        int firstPart, IReadOnlyList<TItem> items, Func<Transaction, TItem, Task<TDone>> write, CancellationToken ct)
    {
        const int PartSize = 50;
        var all = new List<TDone>(items.Count);
        foreach (var (number, part) in items.Chunk(PartSize).Index())
        {
            var done = await WritePartAsync<List<TDone>>(
                firstPart + number,
                async tx =>
                {
                    var some = new List<TDone>(part.Length);
                    foreach (var item in part)
                    {
                        some.Add(await write(tx, item));
                    }

                    return some;
                },
                ct);
            if (done.Refused)
            {
                return done;
            }

            all.AddRange(done.Value);
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
        {
            await _writer.DisposeAsync();
        }
    }

    private Task<T> WriteWholeAsync<T>(Func<Transaction, Task<T>> whole, CancellationToken ct)
    {
        if (Writing.Value)
        {
            throw new InvalidOperationException("A write inside a write would wait for itself.");
        }

        return _writer is not null ? _writer.WriteAsync(Marked(whole), ct) : PatientlyAsync(() => WriteOnServerAsync(Marked(whole), ct), ct);
    }

    private static Func<Transaction, Task<T>> Marked<T>(Func<Transaction, Task<T>> write) => async tx =>
    {
        Writing.Value = true;
        return await write(tx);
    };

    private Transaction Outside(DbConnection connection) => new(_engine, connection, null, CancellationToken.None);

    // Each try is a whole one, from its BEGIN to its COMMIT.
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> whole, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await whole();
            }
            catch (Exception problem) when (problem is LostCommitException || (problem is DbException db && _engine.IsTransient(db)))
            {
                if (attempt == TriesOnServer)
                {
                    throw new DatabaseBusyException(problem);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20 * (1 << attempt)), ct);
        }
    }

    private async Task<T> WriteOnServerAsync<T>(Func<Transaction, Task<T>> write, CancellationToken ct)
    {
        // Closing the connection ends a transaction that is still open. Disposing of the transaction would throw where the line is gone, and hide why.
        using var connection = await _engine.OpenAsync(ct);
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
        var tx = new Transaction(_engine, connection, transaction, ct);
        var result = await write(tx);
        if (result is IOutcome { Refusal: not null })
        {
            await transaction.RollbackAsync(CancellationToken.None);
            return result;
        }

        var mark = new CommitMark(_ids.Next(IdKind.CommitMark), _clock.Now);
        await tx.ExecuteAsync(Mark, mark);
        try
        {
            // Not cancelled from here on: the server may have committed by the time we give up.
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception problem) when (problem is DbException or InvalidOperationException)
        {
            if (!await IsCommittedAsync(mark))
            {
                throw new LostCommitException(problem);
            }
        }

        tx.Committed();
        return result;
    }

    /// <summary>
    /// Asks by writing the same row. While the lost transaction still lives, this waits for it; where it was committed, the row is there and the key says so; where
    /// it was not, the row is now ours, and a COMMIT that has been on its way all the time cannot come through any more.
    /// </summary>
    private async Task<bool> IsCommittedAsync(CommitMark mark)
    {
        try
        {
            return await PatientlyAsync(
                async () =>
                {
                    using var connection = await _engine.OpenAsync(CancellationToken.None);
                    await Outside(connection).ExecuteAsync(Mark, mark);
                    return false;
                },
                CancellationToken.None);
        }
        catch (SomebodyWasFirstException)
        {
            return true;
        }
    }

    private sealed record CommitMark(Id Id, DateTimeOffset CreatedAt);

    /// <summary>COMMIT failed, and nothing of the transaction is there.</summary>
    private sealed class LostCommitException(Exception inner) : Exception("COMMIT failed.", inner);

    /// <summary>
    /// One writer at a time in the process; those who wait meanwhile share the next commit, each in a savepoint of its own, and all are answered
    /// after it. Between processes the file's own lock settles it; a turnstile beside it says whose turn it is.
    /// </summary>
    private sealed class SqliteWriter : IAsyncDisposable
    {
        private const int GroupSize = 64;

        private readonly SqliteEngine _engine;
        private readonly Turnstile _turnstile;
        private readonly Channel<Work> _queue = Channel.CreateBounded<Work>(8_192);
        private readonly Task _loop;
        private KeptStatements? _connection;

        public SqliteWriter(SqliteEngine engine)
        {
            _engine = engine;
            _turnstile = new Turnstile(engine.File);
            // The loop must not inherit the context of whoever asked for the database first.
            using (ExecutionContext.SuppressFlow())
            {
                _loop = Task.Run(RunAsync);
            }
        }

        public async Task<T> WriteAsync<T>(Func<Transaction, Task<T>> write, CancellationToken ct)
        {
            var result = default(T);
            var work = new Work(
                async tx =>
                {
                    result = await write(tx);
                    return result is not IOutcome { Refusal: not null };
                },
                ExecutionContext.Capture()!,
                ct);
            await _queue.Writer.WriteAsync(work, ct);
            await work.Answer.Task;
            return result!;
        }

        public async ValueTask DisposeAsync()
        {
            _queue.Writer.TryComplete();
            await _loop;
            _connection?.Dispose();
            _turnstile.Dispose();
        }

        private async Task RunAsync()
        {
            var group = new List<Work>(GroupSize);
            while (await _queue.Reader.WaitToReadAsync())
            {
                group.Clear();
                while (group.Count < GroupSize && _queue.Reader.TryRead(out var work))
                {
                    if (work.Cancelled.IsCancellationRequested)
                    {
                        work.Answer.TrySetCanceled(work.Cancelled);
                        continue;
                    }

                    Meters.WriterWait.Record(Stopwatch.GetElapsedTime(work.Asked).TotalMilliseconds);
                    group.Add(work);
                }

                if (group.Count > 0)
                {
                    await CommitAsync(group);
                }
            }
        }

        private async Task CommitAsync(List<Work> group)
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await TryInTurnAsync(group);
                    break;
                }
                catch (DbException problem) when (_engine.IsTransient(problem) && attempt < Tries)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(5 * (1 << attempt)));
                }
                catch (Exception problem)
                {
                    var told = problem is DbException db && _engine.IsTransient(db) ? new DatabaseBusyException(db) : problem;
                    group.ForEach(work => work.Problem = told);
                    break;
                }
            }

            foreach (var work in group)
            {
                if (work.Problem is not null)
                {
                    work.Answer.TrySetException(work.Problem);
                }
                else
                {
                    work.Kept?.Committed();
                    work.Answer.TrySetResult();
                }
            }
        }

        private async Task TryInTurnAsync(List<Work> group)
        {
            await _turnstile.EnterAsync();
            try
            {
                await TryCommitAsync(group);
            }
            finally
            {
                _turnstile.Leave();
            }
        }

        private async Task TryCommitAsync(List<Work> group)
        {
            _connection ??= new KeptStatements((SqliteConnection)await _engine.OpenAsync(CancellationToken.None));
            try
            {
                await TryCommitAsync(_connection, group);
            }
            catch
            {
                // Whatever it is that is wrong with it: the next try begins with another.
                _connection.Dispose();
                _connection = null;
                throw;
            }
        }

        private async Task TryCommitAsync(KeptStatements connection, List<Work> group)
        {
            using var transaction = connection.BeginWriting();
            foreach (var work in group)
            {
                work.Problem = null;
                work.Kept = null;
                connection.Run("SAVEPOINT one", transaction);
                var tx = new Transaction(_engine, connection, transaction, CancellationToken.None);
                try
                {
                    if (await work.RunAsync(tx))
                    {
                        work.Kept = tx;
                    }
                    else
                    {
                        connection.Run("ROLLBACK TO one", transaction);
                    }
                }
                catch (DbException problem) when (_engine.IsTransient(problem))
                {
                    throw;
                }
                catch (Exception problem)
                {
                    work.Problem = problem;
                    connection.Run("ROLLBACK TO one", transaction);
                }

                connection.Run("RELEASE one", transaction);
            }

            transaction.Commit();
        }

        private sealed class Work(Func<Transaction, Task<bool>> run, ExecutionContext context, CancellationToken cancelled)
        {
            public long Asked { get; } = Stopwatch.GetTimestamp();

            public CancellationToken Cancelled { get; } = cancelled;

            public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

            public Exception? Problem { get; set; }

            public Transaction? Kept { get; set; }

            // In the asker's own context, so that traces and the request's key are found.
            public Task<bool> RunAsync(Transaction tx)
            {
                Task<bool>? task = null;
                ExecutionContext.Run(context, _ => task = run(tx), null);
                return task!;
            }
        }
    }
}
