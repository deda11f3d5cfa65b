using Matching.Api.Plumbing.Database;

namespace Matching.Api.Operations;

/// <summary>
/// Every column that is sealed, with the two statements that seal it anew. A test compares the list with the schema. Not on it: the answers kept under
/// idempotency keys, which are gone after a day.
/// </summary>
public sealed record SealedColumn(string Table, string Column, Sql<SealedPage, SealedValue> Read, Sql<NewSeal> Write)
{
    private static readonly Sql<SealedPage, SealedValue> ReadAccountsPhone = new(
        "SELECT id, phone_sealed AS value_sealed FROM accounts WHERE id > @After AND phone_sealed IS NOT NULL ORDER BY id {page}");

    private static readonly Sql<NewSeal> WriteAccountsPhone = new("UPDATE accounts SET phone_sealed = @Sealed WHERE id = @Id AND phone_sealed = @Was");

    private static readonly Sql<SealedPage, SealedValue> ReadSitesResponsiblePhone = new(
        "SELECT id, responsible_phone_sealed AS value_sealed FROM sites WHERE id > @After AND responsible_phone_sealed IS NOT NULL ORDER BY id {page}");

    private static readonly Sql<NewSeal> WriteSitesResponsiblePhone = new("UPDATE sites SET responsible_phone_sealed = @Sealed WHERE id = @Id AND responsible_phone_sealed = @Was");

    private static readonly Sql<SealedPage, SealedValue> ReadVolunteersIdNumber = new(
        "SELECT id, id_number_sealed AS value_sealed FROM volunteers WHERE id > @After AND id_number_sealed IS NOT NULL ORDER BY id {page}");

    private static readonly Sql<NewSeal> WriteVolunteersIdNumber = new("UPDATE volunteers SET id_number_sealed = @Sealed WHERE id = @Id AND id_number_sealed = @Was");

    private static readonly Sql<SealedPage, SealedValue> ReadVolunteersPhone = new(
        "SELECT id, phone_sealed AS value_sealed FROM volunteers WHERE id > @After AND phone_sealed IS NOT NULL ORDER BY id {page}");

    private static readonly Sql<NewSeal> WriteVolunteersPhone = new("UPDATE volunteers SET phone_sealed = @Sealed WHERE id = @Id AND phone_sealed = @Was");

    private static readonly Sql<SealedPage, SealedValue> ReadVolunteerQualificationsNumber = new(
        "SELECT id, number_sealed AS value_sealed FROM volunteer_qualifications WHERE id > @After AND number_sealed IS NOT NULL ORDER BY id {page}");

    private static readonly Sql<NewSeal> WriteVolunteerQualificationsNumber = new("UPDATE volunteer_qualifications SET number_sealed = @Sealed WHERE id = @Id AND number_sealed = @Was");

    private static readonly Sql<SealedPage, SealedValue> ReadResidentsPhone = new(
        "SELECT id, phone_sealed AS value_sealed FROM residents WHERE id > @After AND phone_sealed IS NOT NULL ORDER BY id {page}");

    private static readonly Sql<NewSeal> WriteResidentsPhone = new("UPDATE residents SET phone_sealed = @Sealed WHERE id = @Id AND phone_sealed = @Was");

    private static readonly Sql<SealedPage, SealedValue> ReadResidentsAddress = new(
        "SELECT id, address_sealed AS value_sealed FROM residents WHERE id > @After AND address_sealed IS NOT NULL ORDER BY id {page}");

    private static readonly Sql<NewSeal> WriteResidentsAddress = new("UPDATE residents SET address_sealed = @Sealed WHERE id = @Id AND address_sealed = @Was");

    private static readonly Sql<SealedPage, SealedValue> ReadWishesAddress = new(
        "SELECT id, address_sealed AS value_sealed FROM wishes WHERE id > @After AND address_sealed IS NOT NULL ORDER BY id {page}");

    private static readonly Sql<NewSeal> WriteWishesAddress = new("UPDATE wishes SET address_sealed = @Sealed WHERE id = @Id AND address_sealed = @Was");

    private static readonly Sql<SealedPage, SealedValue> ReadOrdersAddress = new(
        "SELECT id, address_sealed AS value_sealed FROM orders WHERE id > @After AND address_sealed IS NOT NULL ORDER BY id {page}");

    private static readonly Sql<NewSeal> WriteOrdersAddress = new("UPDATE orders SET address_sealed = @Sealed WHERE id = @Id AND address_sealed = @Was");

    private static readonly Sql<SealedPage, SealedValue> ReadOrdersServiceCode = new(
        "SELECT id, service_code_sealed AS value_sealed FROM orders WHERE id > @After AND service_code_sealed IS NOT NULL ORDER BY id {page}");

    private static readonly Sql<NewSeal> WriteOrdersServiceCode = new("UPDATE orders SET service_code_sealed = @Sealed WHERE id = @Id AND service_code_sealed = @Was");

    private static readonly Sql<SealedPage, SealedValue> ReadRingKeys = new(
        "SELECT id, xml_sealed AS value_sealed FROM ring_keys WHERE id > @After AND xml_sealed IS NOT NULL ORDER BY id {page}");

    private static readonly Sql<NewSeal> WriteRingKeys = new("UPDATE ring_keys SET xml_sealed = @Sealed WHERE id = @Id AND xml_sealed = @Was");

    private static readonly Sql<SealedPage, SealedValue> ReadWebhooksSecret = new(
        "SELECT id, secret_sealed AS value_sealed FROM webhooks WHERE id > @After AND secret_sealed IS NOT NULL ORDER BY id {page}");

    private static readonly Sql<NewSeal> WriteWebhooksSecret = new("UPDATE webhooks SET secret_sealed = @Sealed WHERE id = @Id AND secret_sealed = @Was");

    private static readonly Sql<SealedPage, SealedValue> ReadWebhooksOldSecret = new(
        "SELECT id, old_secret_sealed AS value_sealed FROM webhooks WHERE id > @After AND old_secret_sealed IS NOT NULL ORDER BY id {page}");

    private static readonly Sql<NewSeal> WriteWebhooksOldSecret = new("UPDATE webhooks SET old_secret_sealed = @Sealed WHERE id = @Id AND old_secret_sealed = @Was");

    private static readonly Sql<SealedPage, SealedValue> ReadWeChatOpenId = new(
        "SELECT id, open_id_sealed AS value_sealed FROM wechat_identities WHERE id > @After AND open_id_sealed IS NOT NULL ORDER BY id {page}");

    private static readonly Sql<NewSeal> WriteWeChatOpenId = new("UPDATE wechat_identities SET open_id_sealed = @Sealed WHERE id = @Id AND open_id_sealed = @Was");

    private static readonly Sql<SealedPage, SealedValue> ReadMessagesPhone = new(
        "SELECT id, phone_sealed AS value_sealed FROM messages WHERE id > @After AND phone_sealed IS NOT NULL ORDER BY id {page}");

    private static readonly Sql<NewSeal> WriteMessagesPhone = new("UPDATE messages SET phone_sealed = @Sealed WHERE id = @Id AND phone_sealed = @Was");

    private static readonly Sql<SealedPage, SealedValue> ReadMessagesText = new(
        "SELECT id, text_sealed AS value_sealed FROM messages WHERE id > @After AND text_sealed IS NOT NULL ORDER BY id {page}");

    private static readonly Sql<NewSeal> WriteMessagesText = new("UPDATE messages SET text_sealed = @Sealed WHERE id = @Id AND text_sealed = @Was");

    public static readonly IReadOnlyList<SealedColumn> All =
    [
        new("accounts", "phone_sealed", ReadAccountsPhone, WriteAccountsPhone),
        new("sites", "responsible_phone_sealed", ReadSitesResponsiblePhone, WriteSitesResponsiblePhone),
        new("volunteers", "id_number_sealed", ReadVolunteersIdNumber, WriteVolunteersIdNumber),
        new("volunteers", "phone_sealed", ReadVolunteersPhone, WriteVolunteersPhone),
        new("volunteer_qualifications", "number_sealed", ReadVolunteerQualificationsNumber, WriteVolunteerQualificationsNumber),
        new("residents", "phone_sealed", ReadResidentsPhone, WriteResidentsPhone),
        new("residents", "address_sealed", ReadResidentsAddress, WriteResidentsAddress),
        new("wishes", "address_sealed", ReadWishesAddress, WriteWishesAddress),
        new("orders", "address_sealed", ReadOrdersAddress, WriteOrdersAddress),
        new("orders", "service_code_sealed", ReadOrdersServiceCode, WriteOrdersServiceCode),
        new("webhooks", "secret_sealed", ReadWebhooksSecret, WriteWebhooksSecret),
        new("webhooks", "old_secret_sealed", ReadWebhooksOldSecret, WriteWebhooksOldSecret),
        new("wechat_identities", "open_id_sealed", ReadWeChatOpenId, WriteWeChatOpenId),
        new("messages", "phone_sealed", ReadMessagesPhone, WriteMessagesPhone),
        new("messages", "text_sealed", ReadMessagesText, WriteMessagesText),
        new("ring_keys", "xml_sealed", ReadRingKeys, WriteRingKeys),
    ];
}

/// <summary>The next rows of a table, by id.</summary>
public sealed record SealedPage(Id After, int Take);

/// <summary>A value as it is sealed now.</summary>
public sealed record SealedValue
{
    public Id Id { get; init; }

    public string ValueSealed { get; init; } = "";
}

/// <summary>The value sealed anew; written only where it has not changed meanwhile.</summary>
public sealed record NewSeal(Id Id, string Sealed, string Was);
