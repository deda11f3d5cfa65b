using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Matching.SqlTests.Wire;

/// <summary>One client's connection: reads what it asks, does it on SQLite, answers.</summary>
internal sealed partial class Session(TdsDouble server, Socket socket) : IDisposable
{
    private const ushort ExecuteSql = 10;

    private readonly BlockingCollection<Message> _asked = [];
    private readonly Packets _packets = new(new NetworkStream(socket, ownsSocket: true));
    private readonly SqliteConnection _rows = server.OpenRows();
    private ulong _transaction;
    private string? _begin;

    /// <summary>Until the client hangs up, or the cable is pulled.</summary>
    public void Serve()
    {
        // Apart, so that "never mind" is heard while a statement runs.
        new Thread(Listen) { IsBackground = true }.Start();
        foreach (var message in _asked.GetConsumingEnumerable())
        {
            var answer = new MemoryStream();
            try
            {
                if (message.Resets)
                {
                    RollBack(answer: null);
                }

                Answer(message, answer);
            }
            catch (CutException)
            {
                socket.Close(0);
                return;
            }
            catch (Exception problem)
            {
                answer.SetLength(0);
                Refuse(answer, problem, message.Kind == MessageKind.Call);
            }

            try
            {
                _packets.Answer(answer.ToArray());
            }
            catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        // A client that is gone takes its transaction with it.
        _rows.Dispose();
        server.Release(this);
    }

    private void Listen()
    {
        try
        {
            while (_packets.Read() is { } message)
            {
                if (message.Kind == MessageKind.Attention)
                {
                    raw.sqlite3_interrupt(_rows.Handle);
                }

                _asked.Add(message);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
        }
        finally
        {
            _asked.CompleteAdding();
        }
    }

    private void Answer(Message message, MemoryStream answer)
    {
        var body = new MessageReader(message.Body);
        switch (message.Kind)
        {
            case MessageKind.BeforeLogin:
                answer.Write(AnswerWriter.BeforeLogin());
                break;
            case MessageKind.Login:
                Happen(Moment.Login);
                answer.Welcome("double");
                answer.End();
                break;
            case MessageKind.Attention:
                answer.End(interrupted: true);
                break;
            case MessageKind.Batch:
                body.SkipHeaders();
                var (verb, rows) = Do(body.Rest(), "", [], answer);
                answer.End(verb, rows);
                break;
            case MessageKind.Call:
                body.SkipHeaders();
                Call(body, answer);
                break;
            case MessageKind.TransactionRequest:
                body.SkipHeaders();
                Turn(body, answer);
                break;
            default:
                throw new NotSupportedException($"{message.Kind} is not spoken here.");
        }
    }

    private void Call(MessageReader body, MemoryStream answer)
    {
        var letters = body.Short();
        var (number, name) = letters == 0xFFFF ? (body.Short(), "") : ((ushort)0, body.Text(letters));
        body.Short();
        var given = new List<(string Name, object? Value)>();
        while (!body.AtEnd)
        {
            var parameter = body.Text(body.Byte());
            body.Byte();
            given.Add((parameter, WireType.Read(ref body)));
        }

        if (number == ExecuteSql)
        {
            var (verb, rows) = Do((string)given[0].Value!, (string?)given.ElementAtOrDefault(1).Value ?? "", given.Skip(2), answer);
            answer.EndCall(verb, rows);
        }
        else if (name == "sp_getapplock")
        {
            var arguments = given.ToDictionary(each => each.Name, each => each.Value);
            answer.EndCall(returned: server.Lock((string)arguments["@Resource"]!, this, TimeSpan.FromMilliseconds((long)arguments["@LockTimeout"]!)));
        }
        else
        {
            throw new ServerException(new ServerError(2812, $"Could not find stored procedure '{name}{number}'."));
        }
    }

    private void Turn(MessageReader body, MemoryStream answer)
    {
        switch (body.Short())
        {
            case 5:
                const byte Snapshot = 5;
                // One writer at a time, from its first statement: SQLite's way, not SQL Server's. BEGIN itself waits for nobody.
                _begin = body.Byte() == Snapshot ? "BEGIN" : "BEGIN IMMEDIATE";
                _transaction = server.NextTransaction();
                answer.Begun(_transaction);
                break;
            case 7:
                Happen(Moment.BeforeCommit);
                if (_begin is null)
                {
                    Run("COMMIT");
                }

                _begin = null;
                server.Release(this);
                Happen(Moment.AfterCommit);
                answer.Committed(_transaction);
                _transaction = 0;
                break;
            case 8 when Place(body) is { Length: > 0 } place:
                Run($"ROLLBACK TO {place}");
                break;
            case 8:
                RollBack(answer);
                break;
            case 9:
                if (_begin is { } begin)
                {
                    Run(begin);
                    _begin = null;
                }

                Run($"SAVEPOINT {Place(body)}");
                break;
            case var other:
                throw new NotSupportedException($"Request {other} of a transaction is not spoken here.");
        }

        answer.End();
    }

    // Of a place in the transaction; none where the whole is meant.
    private static string Place(MessageReader body) => body.Text(body.Byte() / 2);

    private (Verb Verb, long? Rows) Do(string text, string declared, IEnumerable<(string Name, object? Value)> parameters, MemoryStream answer)
    {
        Happen(Moment.Statement, text);
        if (_begin is { } begin)
        {
            Run(begin);
            _begin = null;
        }

        if (server.Own(text) is { } columns)
        {
            answer.Columns([.. columns.Select(column => new AnswerColumn(column.Name, "INT", false, null, []))]);
            answer.Row([.. columns.Select(column => new AnswerColumn(column.Name, "INT", false, null, []))], [.. columns.Select(object? (column) => (long)column.Value)]);
            return (Verb.Select, 1);
        }

        using var command = _rows.CreateCommand();
        command.CommandText = Undoing.Undo(IfAbsent().Replace(text, "CREATE TABLE IF NOT EXISTS $1"));
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        server.Hear(text);
        if (IsDefinition().IsMatch(text))
        {
            command.ExecuteNonQuery();
            return (Verb.None, null);
        }

        var announced = Announcing.ColumnsOf(text, declared);
        if (announced.Count == 0)
        {
            var changed = command.ExecuteNonQuery();
            return (text.TrimStart()[0] switch { 'I' => Verb.Insert, 'U' => Verb.Update, _ => Verb.Delete }, changed);
        }

        answer.Columns(announced);
        using var reader = command.ExecuteReader();
        var values = new object?[announced.Count];
        long rows = 0;
        while (reader.Read())
        {
            for (var at = 0; at < values.Length; at++)
            {
                values[at] = reader.IsDBNull(at) ? null : reader.GetValue(at);
            }

            answer.Row(announced, values);
            rows++;
        }

        return (Verb.Select, rows);
    }

    private void Happen(Moment moment, string text = "")
    {
        if (server.Faults.Next(moment, text) is { } fault)
        {
            throw fault.Number is { } number ? new ServerException(new ServerError(number, $"Planned: {number}.", SeverityOf(number)), fault.RollsBack) : new CutException();
        }
    }

    private void Refuse(MemoryStream answer, Exception problem, bool isCall)
    {
        if (problem is ServerException { RollsBack: true })
        {
            RollBack(answer);
        }

        var error = problem switch
        {
            ServerException known => known.Error,
            SqliteException { SqliteExtendedErrorCode: 2067 } index => new ServerError(2601, $"Cannot insert duplicate key row. {index.Message}", 14),
            SqliteException { SqliteExtendedErrorCode: 1555 } key => new ServerError(2627, $"Violation of PRIMARY KEY constraint. {key.Message}", 14),
            SqliteException { SqliteExtendedErrorCode: 787 } reference => new ServerError(547, $"The statement conflicted with the FOREIGN KEY constraint. {reference.Message}"),
            SqliteException { SqliteExtendedErrorCode: 1299 } missing => new ServerError(515, $"Cannot insert the value NULL. {missing.Message}"),
            SqliteException { SqliteErrorCode: 5 or 6 } busy => new ServerError(1222, $"Lock request time out period exceeded. {busy.Message}"),
            OverflowException => new ServerError(8115, "Arithmetic overflow error converting expression to data type int."),
            _ => new ServerError(50_000, $"The double of the wire cannot: {problem.Message}"),
        };
        answer.Error(error);
        if (isCall)
        {
            answer.EndCall(failed: true);
        }
        else
        {
            answer.End(failed: true);
        }
    }

    private void RollBack(MemoryStream? answer)
    {
        if (_transaction != 0)
        {
            if (_begin is null)
            {
                Run("ROLLBACK");
            }

            _begin = null;
            answer?.RolledBack(_transaction);
            _transaction = 0;
            server.Release(this);
        }
    }

    private void Run(string text)
    {
        using var command = _rows.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    // As SQL Server has them: a deadlock 13, a full log or a lost replica 17 to 20.
    private static byte SeverityOf(int number) => number switch
    {
        1205 => 13,
        2601 or 2627 => 14,
        _ => 16,
    };

    // How Migrations ask for their journal, which no token says.
    [GeneratedRegex(@"^IF OBJECT_ID\('(\w+)'\) IS NULL CREATE TABLE \1")]
    private static partial Regex IfAbsent();

    [GeneratedRegex(@"^\s*(--[^\n]*\n\s*)*(CREATE|ALTER|DROP|IF)\b")]
    private static partial Regex IsDefinition();
}
