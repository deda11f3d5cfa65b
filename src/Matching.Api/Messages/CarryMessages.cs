using Matching.Accounts;
using Matching.Api.Offers;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.WeChat;
using Matching.Messages;

namespace Matching.Api.Messages;

/// <summary>
/// Brings messages to people: by WeChat where they have allowed one, else as a short message, else somebody hears that they do not. Takes due rows under a
/// lease, each settled by itself, so that no two carry the same. One that dies between a carrier's yes and the row that says so leaves the row to whoever comes
/// after the lease: then a message comes twice, under the same id and on the same allowance, and never not at all.
/// </summary>
public sealed partial class CarryMessages(
    MessageStore messages, MessageTimes times, WeChatCarrier weChat, ISmsCarrier sms, OfferMessages offers, Vault vault, Database database,
    ILogger<CarryMessages> log) : IJob
{
    private const int Page = 20;

    /// <summary>With their pauses, half a minute; after that a short message goes out instead.</summary>
    private const int MostByWeChat = 3;

    /// <summary>With their pauses, six hours.</summary>
    private const int Most = 40;

    /// <summary>With their pauses, two minutes and a half: a code lives five.</summary>
    private const int MostOfCode = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    public static TimeSpan Every => TimeSpan.FromSeconds(1);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        var (lease, due) = await messages.TakeAsync(Page, ct);
        await Task.WhenAll(due.Select(message => CarryAsync(message, lease, ct)));
        return due.Count;
    }

    private async Task CarryAsync(MessageRow message, Id lease, CancellationToken ct)
    {
        if (await offers.IsOverAsync(message))
        {
            await database.WriteAsync(tx => OvertakeAsync(tx, message, lease), ct);
        }
        else if (await times.WaitsUntilAsync(message) is { } waking)
        {
            await database.WriteAsync(tx => messages.WaitUntilAsync(tx, message.Id, lease, waking), ct);
        }
        else
        {
            var (carrier, carried, problem) = await SendAsync(message, lease, ct);
            // What has been sent is written down as sent, also while shutting down.
            await database.WriteAsync(tx => SettleAsync(tx, message, lease, carrier, carried, problem), CancellationToken.None);
        }
    }

    private async Task<(Carrier? Carrier, Carried? Carried, string? Problem)> SendAsync(MessageRow message, Id lease, CancellationToken ct)
    {
        try
        {
            return await weChat.SendAsync(message, lease, isLast: message.Tries >= MostByWeChat, ct) is { } byWeChat
                ? (Carrier.WeChat, byWeChat, null)
                : (Carrier.Sms, await BySmsAsync(message, ct), null);
        }
        catch (Exception problem) when (!ct.IsCancellationRequested)
        {
            // One that cannot be carried, for whatever reason, must not keep the others of its page from being settled.
            LogFailed(problem, message.Topic, message.Id, message.Tries);
            return (null, Carried.Later, problem.GetType().Name);
        }
    }

    /// <summary>Null where there is no phone that takes short messages.</summary>
    private async Task<Carried?> BySmsAsync(MessageRow message, CancellationToken ct)
    {
        var words = message.TextSealed is { } text ? vault.Open(text) : MessageWords.Sms(message.Topic);
        return words is not null && PhoneNumber.TryParse(vault.OpenIfAny(message.PhoneSealed), out var phone) && phone.TakesMessages
            ? await sms.SendAsync(message.Id, phone, words, ct)
            : null;
    }

    // Where the lease was lost somebody else has settled it.
    private async Task SettleAsync(Transaction tx, MessageRow message, Id lease, Carrier? carrier, Carried? carried, string? problem)
    {
        switch (carried)
        {
            case Carried.Sent:
                // Also where the lease was lost: it has arrived.
                await offers.ArrivedAsync(tx, message, carrier!.Value);
                await messages.EndAsync(tx, message.Id, lease, MessageState.Sent, carrier, null);
                break;
            case Carried.Later when message.Tries < (message.Topic == MessageStore.Code ? MostOfCode : Most):
                await offers.LateAsync(tx, message);
                await messages.PutOffAsync(tx, message.Id, lease, Pause(message.Tries), problem ?? "busy");
                break;
            case Carried.Later or Carried.Failed when await messages.EndAsync(tx, message.Id, lease, MessageState.Failed, carrier, problem ?? "given up"):
            case null when await messages.EndAsync(tx, message.Id, lease, MessageState.Unreachable, null, "no carrier"):
                await offers.LostAsync(tx, message);
                break;
        }
    }

    private async Task OvertakeAsync(Transaction tx, MessageRow message, Id lease)
    {
        if (await messages.EndAsync(tx, message.Id, lease, MessageState.Overtaken, null, null))
        {
            await weChat.GiveBackAsync(tx, message);
        }
    }

    // 10 s, 20 s, 40 s … at most ten minutes.
    private static TimeSpan Pause(int tries) => FirstPause * Math.Pow(2, Math.Min(tries - 1, 10)) is var pause && pause < LongestPause ? pause : LongestPause;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not carry {Topic} ({Message}), attempt {Attempt}.")]
    private partial void LogFailed(Exception problem, string topic, Id message, int attempt);
}
