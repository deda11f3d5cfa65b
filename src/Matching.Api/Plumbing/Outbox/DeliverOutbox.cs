using System.Diagnostics;
using Matching.Api.Messages;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Jobs;

namespace Matching.Api.Plumbing.Outbox;

/// <summary>
/// Hands messages on, a group at a time: takes them under a lease, says each in the log, then writes them into the inboxes of those they are for and marks
/// them delivered, in one transaction. Of two processes each takes what the other has not. One that dies half-way leaves its group to whoever comes after the
/// lease: what it said may be said again, under the same id; an inbox has each message once.
/// </summary>
public sealed partial class DeliverOutbox(
    OutboxStore outbox, MessageStore messages, Database.Database database, Ids ids, FieldClock field, MachineClock machine, ILogger<DeliverOutbox> log) : IJob
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
        var group = await outbox.TakeAsync(Page, ct);
        foreach (var message in group.Messages)
        {
            Say(message);
        }

        // What has been said is written down as said, also while shutting down.
        return group.Messages.Count == 0 ? 0 : await DeliverAsync(group);
    }

    private void Say(OutboxRow message)
    {
        using var activity = Meters.Traces.StartActivity("deliver " + message.Topic, ActivityKind.Consumer, message.TraceId);
        LogDelivered(message.Topic, message.SubjectId, message.Id);
    }

    private async Task<int> DeliverAsync(OutboxGroup group)
    {
        try
        {
            var delivered = await database.WriteAsync(tx => WriteAsync(tx, group), CancellationToken.None);
            foreach (var message in delivered)
            {
                Meters.OutboxLag.Record((machine.Now - message.CreatedAt).TotalMilliseconds);
            }

            return delivered.Count;
        }
        catch (Exception) when (group.Messages.Count > 1)
        {
            // One of them cannot be written; the others must not wait for it.
            var done = 0;
            foreach (var message in group.Messages)
            {
                done += await DeliverAsync(group with { Messages = [message] });
            }

            return done;
        }
        catch (Exception problem)
        {
            var message = group.Messages[0];
            LogFailed(problem, message.Topic, message.Id, message.Attempts);
            await outbox.FailedAsync(group, machine.Now + Pause(message.Attempts), problem.GetType().Name);
            return 0;
        }
    }

    private async Task<List<OutboxRow>> WriteAsync(Transaction tx, OutboxGroup group)
    {
        var mine = await outbox.DeliveredAsync(tx, group);
        foreach (var message in mine)
        {
            if (message.AccountId is { } account)
            {
                await tx.ExecuteAsync(
                    InsertNotice, new NoticeRow(ids.Next(IdKind.Notice), account, message.Topic, message.SubjectId, message.Body, field.GetUtcNow()));
            }

            await messages.AddAsync(tx, message);
        }

        return mine;
    }

    // 2 s, 4 s, 8 s … at most an hour.
    private static TimeSpan Pause(int attempts) => TimeSpan.FromSeconds(Math.Min(3_600, Math.Pow(2, Math.Min(attempts, 12))));

    [LoggerMessage(Level = LogLevel.Debug, Message = "Told of {Topic} about {Subject} ({Message}).")]
    private partial void LogDelivered(string topic, Id subject, Id message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not tell of {Topic} ({Message}), attempt {Attempt}.")]
    private partial void LogFailed(Exception problem, string topic, Id message, int attempt);

    private sealed record NoticeRow(Id Id, Id AccountId, string Topic, Id SubjectId, string Body, DateTimeOffset SentAt);
}
