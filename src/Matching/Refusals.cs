using System.Reflection;

namespace Matching;

/// <summary>Every way to say no. Documented for callers in api-docs/refusals.md; a test compares the two.</summary>
public static class Refusals
{
    // ── The request itself ──────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal BodyNotJson = new("body_not_json", RefusalKind.Invalid,
        "请求内容不是有效的 JSON。", "The body is not valid JSON.");

    public static readonly Refusal BodyTooLarge = new("body_too_large", RefusalKind.TooLarge,
        "请求内容过大。", "The body is too large.");

    public static readonly Refusal ContentTypeUnsupported = new("content_type_unsupported", RefusalKind.Unsupported,
        "请以 application/json 提交。", "Send the body as application/json.");

    public static readonly Refusal FieldUnknown = new("field_unknown", RefusalKind.Invalid,
        "没有这个字段。", "There is no such field.");

    public static readonly Refusal FieldMissing = new("field_missing", RefusalKind.Invalid,
        "缺少必填字段。", "A required field is missing.");

    public static readonly Refusal FieldWrongType = new("field_wrong_type", RefusalKind.Invalid,
        "字段的类型或格式不对。", "The field has the wrong type or format.");

    public static readonly Refusal FieldTooLong = new("field_too_long", RefusalKind.Invalid,
        "内容太长。", "The text is too long.");

    public static readonly Refusal FieldOutOfRange = new("field_out_of_range", RefusalKind.Invalid,
        "数值超出范围。", "The value is out of range.");

    public static readonly Refusal FieldInvalid = new("field_invalid", RefusalKind.Invalid,
        "字段内容无效。", "The field is not valid.");

    public static readonly Refusal TextNotStorable = new("text_not_storable", RefusalKind.Invalid,
        "文字含有无法保存的字符。", "The text holds a character that cannot be stored (U+0000 or half a surrogate pair).");

    public static readonly Refusal TimeWithoutOffset = new("time_without_offset", RefusalKind.Invalid,
        "时间须带时区偏移，例如 2026-05-01T08:00:00+08:00。", "A time needs its offset, for example 2026-05-01T08:00:00+08:00.");

    public static readonly Refusal RouteUnknown = new("route_unknown", RefusalKind.Unknown,
        "没有这个地址。", "There is nothing at this address.");

    public static readonly Refusal MethodNotAllowed = new("method_not_allowed", RefusalKind.Invalid,
        "此地址不支持该方法。", "This address does not take that method.");

    public static readonly Refusal CursorInvalid = new("cursor_invalid", RefusalKind.Invalid,
        "翻页标记无效，请从第一页开始。", "The cursor is not valid here; start from the first page.");

    // ── Who asks ────────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal SignInNeeded = new("sign_in_needed", RefusalKind.Unauthenticated,
        "请先登录。", "Sign in first.");

    public static readonly Refusal TokenInvalid = new("token_invalid", RefusalKind.Unauthenticated,
        "登录已失效，请重新登录。", "The token is not valid or has expired.");

    public static readonly Refusal RoleNotAllowed = new("role_not_allowed", RefusalKind.Forbidden,
        "当前身份不能做这件事。", "This role may not do that.");

    // ── Doing it twice, doing it at once ────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal IdempotencyKeyInvalid = new("idempotency_key_invalid", RefusalKind.Invalid,
        "Idempotency-Key 须为 1 至 200 个可见 ASCII 字符。", "An Idempotency-Key has 1 to 200 visible ASCII characters.");

    public static readonly Refusal IdempotencyKeyReused = new("idempotency_key_reused", RefusalKind.Rule,
        "同一个 Idempotency-Key 已用于另一个请求。", "This Idempotency-Key was used for a different request.");

    public static readonly Refusal ChangedMeanwhile = new("changed_meanwhile", RefusalKind.Stale,
        "内容已被他人修改，请刷新后再试。", "It was changed meanwhile; read it again.");

    public static readonly Refusal IfMatchNeeded = new("if_match_needed", RefusalKind.PreconditionMissing,
        "请在 If-Match 中给出所读版本的 ETag。", "Send the ETag that you read in If-Match.");

    // ── Places and times ────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal PlaceOffEarth = new("place_off_earth", RefusalKind.Invalid,
        "坐标不在地球上。", "The coordinates are not on Earth.");

    public static readonly Refusal DatumUnknown = new("datum_unknown", RefusalKind.Invalid,
        "请注明坐标系：wgs84、gcj02 或 bd09。", "Name the datum: wgs84, gcj02 or bd09.");

    public static readonly Refusal WindowBackwards = new("window_backwards", RefusalKind.Invalid,
        "结束时间必须晚于开始时间。", "The window must end after it begins.");

    public static readonly Refusal WindowInPast = new("window_in_past", RefusalKind.Rule,
        "服务时间已经过去。", "The window lies in the past.");

    // ── Matching ────────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal ScoreWeightsInvalid = new("score_weights_invalid", RefusalKind.Invalid,
        "评分权重须为非负数，且不能全为零。", "Weights must be zero or more, and not all zero.");

    /// <summary>All of them, by code.</summary>
    public static readonly IReadOnlyDictionary<string, Refusal> ByCode = typeof(Refusals)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.FieldType == typeof(Refusal))
        .Select(field => (Refusal)field.GetValue(null)!)
        .ToDictionary(refusal => refusal.Code);
}
