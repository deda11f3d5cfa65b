using System.Diagnostics;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Jobs;

namespace Matching.Api.Plumbing.Outbox;

/// <summary>
/// Hands messages on: into the inbox of the account they are for, and into the log. Both ends are rows, so one transaction settles it: of two processes
/// one marks the message delivered and writes the notice, and a process that dies half-way has done neither.
/// </summary>
public sealed partial class DeliverOutbox(
    OutboxStore outbox, Database.Database database, Ids ids, FieldClock field, MachineClock machine, ILogger<DeliverOutbox> log) : IJob
{
    private const int Page = 50;

    private static readonly Sql<NoticeRow> InsertNotice = new(
        """
        INSERT INTO notices (id, account_id, topic, subject_id, body, sent_at)
        VALUES (@Id, @AccountId, @Topic, @SubjectId, @Body, @SentAt)
        """);

    public static TimeSpan Every => TimeSpan.FromSeconds(1);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        var due = await outbox.DueAsync(Page);
        var done = 0;
        foreach (var row in due)
        {
            if (ct.IsCancellationRequested)
            {
                break;
            }

            done += await DeliverAsync(row, ct) ? 1 : 0;
        }

        return done;
    }

    private async Task<bool> DeliverAsync(OutboxRow row, CancellationToken ct)
    {
        using var activity = Meters.Traces.StartActivity("deliver " + row.Topic, ActivityKind.Consumer, row.TraceId);
        try
        {
            var mine = await database.WriteAsync(
                async tx =>
                {
                    if (!await outbox.DeliveredAsync(tx, row.Id))
                    {
                        return false;
                    }

                    if (row.AccountId is { } accountId)
                    {
                        await tx.ExecuteAsync(InsertNotice, new NoticeRow(ids.Next(IdKind.Notice), accountId, row.Topic, row.SubjectId, row.Body, field.GetUtcNow()));
                    }

                    return true;
                },
                ct);
            if (!mine)
            {
                return false;
            }
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            LogFailed(problem, row.Topic, row.Id, row.Attempts + 1);
            await outbox.FailedAsync(row.Id, machine.Now + Pause(row.Attempts + 1), problem.GetType().Name, ct);
            return false;
        }

        Meters.OutboxLag.Record((machine.Now - row.CreatedAt).TotalMilliseconds);
        LogDelivered(row.Topic, row.SubjectId);
        return true;
    }

    // 2 s, 4 s, 8 s … at most an hour.
    private static TimeSpan Pause(int attempts) => TimeSpan.FromSeconds(Math.Min(3_600, Math.Pow(2, Math.Min(attempts, 12))));

    [LoggerMessage(Level = LogLevel.Debug, Message = "Told of {Topic} about {Subject}.")]
    private partial void LogDelivered(string topic, Id subject);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not tell of {Topic} ({Row}), attempt {Attempt}.")]
    private partial void LogFailed(Exception problem, string topic, Id row, int attempt);

    private sealed record NoticeRow(Id Id, Id AccountId, string Topic, Id SubjectId, string Body, DateTimeOffset SentAt);
}
