using Matching.Accounts;
using Matching.Api.Hours;
using Matching.Api.Imports;
using Matching.Api.Messages;
using Matching.Api.Service;
using Matching.Api.Webhooks;
using Matching.Api.Wishes;
using Matching.Assignments;
using Matching.Geography;
using Matching.Hours;
using Matching.Messages;
using Matching.Offers;
using Matching.Orders;
using Matching.Ratings;
using Matching.Residents;
using Matching.Sites;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.SqlTests;

/// <summary>Which words a column knows. A statement that holds a word against a column that is not here has to say what its words are.</summary>
public static class StatusWords
{
    public static IReadOnlyDictionary<string, Type> Enums { get; } = new Dictionary<string, Type>
    {
        ["assignments.evidence"] = typeof(EvidenceGrade),
        ["assignments.state"] = typeof(AssignmentState),
        ["attendances.direction"] = typeof(Direction),
        ["attendances.evidence"] = typeof(EvidenceGrade),
        ["attendances.method"] = typeof(PresenceMethod),
        ["deliveries.state"] = typeof(DeliveryState),
        ["hats.role"] = typeof(Role),
        ["hours_approvals.needs"] = typeof(HoursApproval),
        ["hours_approvals.state"] = typeof(HoursApprovalState),
        ["hours_entries.evidence"] = typeof(EvidenceGrade),
        ["imports.state"] = typeof(ImportState),
        ["menu_items.category"] = typeof(TeamCategory),
        ["menu_items.mode"] = typeof(DispatchMode),
        ["menu_items.risk"] = typeof(Risk),
        ["menu_items.urgency"] = typeof(Urgency),
        ["messages.carrier"] = typeof(Carrier),
        ["messages.state"] = typeof(MessageState),
        ["offers.delivered_by"] = typeof(Carrier),
        ["offers.reason"] = typeof(DeclineReason),
        ["offers.state"] = typeof(OfferState),
        ["orders.level"] = typeof(SiteKind),
        ["orders.mode"] = typeof(DispatchMode),
        ["orders.next_action"] = typeof(OrderAction),
        ["orders.risk"] = typeof(Risk),
        ["orders.state"] = typeof(OrderState),
        ["orders.urgency"] = typeof(Urgency),
        ["ratings.direction"] = typeof(RatingDirection),
        ["resident_proxies.relation"] = typeof(ProxyRelation),
        ["resident_tags.tag"] = typeof(CareTag),
        ["residents.gender"] = typeof(Gender),
        ["sites.kind"] = typeof(SiteKind),
        ["teams.category"] = typeof(TeamCategory),
        ["volunteers.gender"] = typeof(Gender),
        ["volunteers.status"] = typeof(VolunteerStatus),
        ["webhooks.state"] = typeof(WebhookState),
        ["wishes.channel"] = typeof(WishChannel),
        ["wishes.gender_wanted"] = typeof(Gender),
        ["wishes.next_action"] = typeof(WishAction),
        ["wishes.sent_datum"] = typeof(Datum),
        ["wishes.state"] = typeof(WishState),
        ["wishes.urgency"] = typeof(Urgency),
    };

    // Columns whose words no enum holds.
    private static readonly Dictionary<string, string[]> Plain = new()
    {
        ["blocks.said_by"] = ["Resident", "Volunteer"],
        ["orders.outcome"] = ["Served", "Unfilled", "Cancelled", "Failed"],
        ["transitions.role"] = [.. Enum.GetNames<Role>(), "Clock", "System", "Nobody"],
    };

    public static IEnumerable<string> Problems(Statement statement)
    {
        var reading = Schema.Verifier.Read(statement);
        foreach (var (column, word) in reading.Words.Distinct())
        {
            if (WordsOf(column) is not { } words)
            {
                yield return $"{statement}: '{word}' meets {column}, and nobody said which words that column knows ({nameof(StatusWords)}).";
            }
            else if (!words.Contains(word))
            {
                yield return $"{statement}: {column} does not know '{word}'.";
            }
        }

        foreach (var column in statement.Sql.Row is null ? [] : reading.Columns)
        {
            if (RowFit.EnumOf(statement, column) is { } type)
            {
                if (column.Origin is { } origin && Enums.TryGetValue(origin, out var known) && known != type)
                {
                    yield return $"{statement}: {origin} holds {known.Name}, the row reads {type.Name}.";
                }

                foreach (var word in column.Words.Except(Enum.GetNames(type)))
                {
                    yield return $"{statement}: {type.Name} does not know '{word}'.";
                }
            }
        }
    }

    private static IReadOnlyList<string>? WordsOf(string column) =>
        Enums.TryGetValue(column, out var type) ? Enum.GetNames(type) : Plain.GetValueOrDefault(column);
}
