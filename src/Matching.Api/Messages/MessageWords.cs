namespace Matching.Api.Messages;

/// <summary>
/// What a message says, by its topic. It tells that there is something to look at, never who or where. What has no words here stays in the app.
/// </summary>
public static class MessageWords
{
    /// <summary>WeChat takes no longer words in a field of its messages.</summary>
    public const int LongestTitle = 20;

    private const string Mark = "【点单派单】";

    private static readonly Dictionary<string, Wording> Words = new()
    {
        ["offer.sent"] = new("新的服务邀约", "您有一个新的服务邀约，请在小程序中查看并答复"),
        ["offer.passOn"] = new("队员未收到服务邀约", "您的一名队员有一个服务邀约未能送达，请在小程序中查看并转告"),
        ["assignment.given"] = new("您已承接一项服务", "您已承接一项服务，请在小程序中查看时间和地点"),
        ["assignment.tomorrow"] = new("您明天有一项服务", "您明天有一项服务，请提前安排"),
        ["assignment.today"] = new("您今天有一项服务", "您今天有一项服务，请按时前往"),
        ["assignment.cancelled"] = new("您承接的服务已取消", "您承接的一项服务已取消"),
        ["assignment.reassigned"] = new("您承接的服务已改派", "您承接的一项服务已改派他人"),
        ["wish.question"] = new("心愿有一个问题", "您提交的心愿有一个问题，请查看并答复"),
        ["wish.rejected"] = new("心愿未能受理", "您提交的心愿未能受理，请查看原因"),
        ["wish.referred"] = new("心愿已转办", "您提交的心愿已转办，请查看去向"),
        ["wish.unfulfilled"] = new("心愿未能完成", "您提交的心愿未能完成，请查看情况"),
        ["order.volunteerFound"] = new("已有志愿者承接", "已有志愿者承接您提交的心愿"),
        ["order.confirmPlease"] = new("服务已结束，请确认", "服务已结束，请确认并评价"),
    };

    public static IEnumerable<string> Topics => Words.Keys;

    /// <summary>For a field of a subscription message; null where it is for the app alone.</summary>
    public static string? Title(string topic) => Words.GetValueOrDefault(topic)?.Title;

    /// <summary>As a short message; null where it is for the app alone.</summary>
    public static string? Sms(string topic) => Words.GetValueOrDefault(topic) is { } words ? $"{Mark}{words.Text}。" : null;

    public static string OfCode(string code, TimeSpan lifetime) => $"{Mark}验证码 {code}，{(int)lifetime.TotalMinutes} 分钟内有效，请勿告诉他人。";

    private sealed record Wording(string Title, string Text);
}
