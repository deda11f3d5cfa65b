using FluentValidation;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.WeChat;

/// <param name="Topics">Topics whose subscription message was accepted in <c>wx.requestSubscribeMessage</c>; each yes is one message.</param>
public sealed record AllowMessagesRequest(IReadOnlyList<string> Topics);

/// <summary>How many messages of each topic may still be sent.</summary>
public sealed record AllowMessagesResponse(IReadOnlyDictionary<string, int> Left);

public sealed class AllowMessagesValidator : AbstractValidator<AllowMessagesRequest>
{
    public AllowMessagesValidator() => RuleFor(r => r.Topics).Must(topics => topics is { Count: >= 1 and <= 10 }).Refuse(Refusals.FieldOutOfRange);
}

/// <summary>The mini-program reports which one-time messages its user has allowed, so that we know whether a message can be delivered before we count on it.</summary>
public sealed class AllowMessages(WeChatStore weChat, WeChatSettings settings, Database database, Caller caller) : Endpoint<AllowMessagesRequest, AllowMessagesResponse>
{
    public override void Configure()
    {
        Post("/me/wechat/allowances");
        AllowAnyAccount();
        Refuses(Refusals.WeChatNotBound, Refusals.WeChatTopicUnknown);
    }

    protected override Task<Outcome<AllowMessagesResponse>> RunAsync(AllowMessagesRequest request, CancellationToken ct) =>
        database.WriteAsync<Outcome<AllowMessagesResponse>>(
            async tx =>
            {
                foreach (var topic in request.Topics.Distinct())
                {
                    if (!settings.Templates.ContainsKey(topic))
                    {
                        return Refusals.WeChatTopicUnknown.At("topics");
                    }

                    if (!await weChat.AllowAsync(tx, caller.AccountId, topic))
                    {
                        return Refusals.WeChatNotBound;
                    }
                }

                return new AllowMessagesResponse(await weChat.AllowancesAsync(tx, caller.AccountId));
            },
            ct);
}
