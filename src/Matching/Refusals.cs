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

    public static readonly Refusal FileTypeWrong = new("file_type_wrong", RefusalKind.Unsupported,
        "文件类型不对，请按接口文档说明的类型提交。", "Send the file with the content type that this address takes.");

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

    public static readonly Refusal MethodNotAllowed = new("method_not_allowed", RefusalKind.NotAllowed,
        "此地址不支持该方法。", "This address does not take that method.");

    public static readonly Refusal CursorInvalid = new("cursor_invalid", RefusalKind.Invalid,
        "翻页标记无效，请从第一页开始。", "The cursor is not valid here; start from the first page.");

    public static readonly Refusal DatabaseBusy = new("database_busy", RefusalKind.NotReady,
        "系统繁忙，请稍后再试。", "The system is busy; try again in a moment.");

    public static readonly Refusal NodeTakesNoRequests = new("node_takes_no_requests", RefusalKind.NotReady,
        "此节点只运行后台任务，请访问接口节点。", "This node only runs jobs; ask one that takes requests.");

    public static readonly Refusal MatchingNotReady = new("matching_not_ready", RefusalKind.NotReady,
        "系统刚启动，正在载入志愿者，请稍后再试。", "The service has just started and is still loading its volunteers; try again in a moment.");

    public static readonly Refusal Broken = new("internal_error", RefusalKind.Broken,
        "系统出错了，请凭 traceId 联系管理员。", "Something broke on our side; quote the traceId when you report it.");

    // ── Who asks ────────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal SignInNeeded = new("sign_in_needed", RefusalKind.Unauthenticated,
        "请先登录。", "Sign in first.");

    public static readonly Refusal FormExpired = new("form_expired", RefusalKind.Invalid,
        "页面已过期，请刷新后再试。", "The page has grown old; load it again and repeat.");

    public static readonly Refusal TokenInvalid = new("token_invalid", RefusalKind.Unauthenticated,
        "登录已失效，请重新登录。", "The token is not valid or has expired.");

    public static readonly Refusal RoleNotAllowed = new("role_not_allowed", RefusalKind.Forbidden,
        "当前身份不能做这件事。", "This role may not do that.");

    public static readonly Refusal ScopeMissing = new("scope_missing", RefusalKind.Forbidden,
        "合作平台的密钥没有这项权限。", "The partner has not been given the scope for that.");

    public static readonly Refusal RateLimited = new("rate_limited", RefusalKind.TooMany,
        "请求过于频繁，请在 Retry-After 之后再试。", "More requests than were agreed on; try again after Retry-After.");

    // ── Accounts ────────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal PhoneInvalid = new("phone_invalid", RefusalKind.Invalid,
        "电话号码无效，请填写 11 位手机号，境外号码以 + 和国家代码开头。", "This is not a valid phone number; abroad, begin with + and the country.");

    public static readonly Refusal PhoneTakesNoMessages = new("phone_takes_no_messages", RefusalKind.Invalid,
        "该号码收不到短信，请填写手机号。", "This number cannot receive messages; give a mobile number.");

    public static readonly Refusal CodesTooOften = new("codes_too_often", RefusalKind.TooMany,
        "验证码请求过于频繁，请稍后再试。", "Codes were asked for too often; try again later.");

    public static readonly Refusal CodeWrong = new("code_wrong", RefusalKind.Unauthenticated,
        "验证码不对或已失效，请重新获取。", "The code is wrong or no longer valid; ask for a new one.");

    public static readonly Refusal PasswordWrong = new("password_wrong", RefusalKind.Unauthenticated,
        "用户名或密码不对。", "The username or the password is wrong.");

    public static readonly Refusal SignInLocked = new("sign_in_locked", RefusalKind.TooMany,
        "密码输错次数过多，请稍后再试。", "Too many wrong passwords; try again later.");

    public static readonly Refusal RefreshTokenInvalid = new("refresh_token_invalid", RefusalKind.Unauthenticated,
        "登录已失效，请重新登录。", "The refresh token is not valid any more; sign in again.");

    public static readonly Refusal PasswordTooWeak = new("password_too_weak", RefusalKind.Invalid,
        "密码须为 10 至 128 个字符，至少含 5 种不同字符，且不含用户名。", "A password has 10 to 128 characters, at least 5 different ones, and not the username.");

    public static readonly Refusal UsernameInvalid = new("username_invalid", RefusalKind.Invalid,
        "用户名须为 3 至 64 个字母、数字或 . _ - @。", "A username has 3 to 64 letters, digits or . _ - @.");

    public static readonly Refusal UsernameTaken = new("username_taken", RefusalKind.Conflict,
        "该用户名已被使用。", "This username is taken.");

    public static readonly Refusal PhoneTaken = new("phone_taken", RefusalKind.Conflict,
        "该手机号已有账号。", "There is an account with this phone already.");

    public static readonly Refusal AccountUnknown = new("account_unknown", RefusalKind.Unknown,
        "没有这个账号。", "There is no such account.");

    public static readonly Refusal ResetNotYours = new("reset_not_yours", RefusalKind.Forbidden,
        "该账号还有您无权管理的身份，请联系上级管理员。", "This account also holds a role that is not yours to give; ask the administrators above.");

    public static readonly Refusal ResetOwnPassword = new("reset_own_password", RefusalKind.Conflict,
        "自己的密码请直接修改。", "Change your own password with the one you have.");

    public static readonly Refusal AccountHasNoPassword = new("account_has_no_password", RefusalKind.Conflict,
        "该账号用手机验证码登录，没有密码。", "This account signs in by phone; there is no password to set.");

    public static readonly Refusal ResetCodeWrong = new("reset_code_wrong", RefusalKind.Unauthenticated,
        "重置码不对或已失效，请向管理员重新索取。", "The code is wrong or no longer valid; ask your administrator for a new one.");

    public static readonly Refusal HatUnknown = new("hat_unknown", RefusalKind.Unknown,
        "没有这个身份。", "There is no such hat.");

    public static readonly Refusal HatNotYoursToGrant = new("hat_not_yours_to_grant", RefusalKind.Forbidden,
        "您不能授予或收回这一身份。", "This role is not yours to grant or to take back.");

    public static readonly Refusal HatSiteWrong = new("hat_site_wrong", RefusalKind.Rule,
        "这一身份不能在该站点担任。", "This role is not held at a site of that kind.");

    public static readonly Refusal LastPlatformAdmin = new("last_platform_admin", RefusalKind.Rule,
        "这是最后一位平台管理员，不能收回。", "This is the last platform admin, and has to stay.");

    public static readonly Refusal NoticeUnknown = new("notice_unknown", RefusalKind.Unknown,
        "没有这条通知。", "There is no such notice.");

    public static readonly Refusal StillInService = new("still_in_service", RefusalKind.Conflict,
        "还有未了结的心愿、订单或承接，了结后才能删除个人数据。", "A wish, an order or an assignment is still open; your data can go when it is done.");

    // ── WeChat ──────────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal WeChatNotSetUp = new("wechat_not_set_up", RefusalKind.Rule,
        "本服务未接入微信，请用手机验证码登录。", "This service is not connected to WeChat; sign in with a code by phone.");

    public static readonly Refusal WeChatNotAnswering = new("wechat_not_answering", RefusalKind.NotReady,
        "微信暂时没有响应，请稍后再试。", "WeChat does not answer at the moment; try again.");

    public static readonly Refusal WeChatCodeWrong = new("wechat_code_wrong", RefusalKind.Unauthenticated,
        "微信登录凭证无效或已使用，请重新登录。", "WeChat does not know this code, or it was used before; ask it for a new one.");

    public static readonly Refusal WeChatUserBlocked = new("wechat_user_blocked", RefusalKind.Forbidden,
        "微信认为该用户风险较高，已拒绝登录。", "WeChat takes this user for a risk and does not let them in.");

    public static readonly Refusal WeChatTooOften = new("wechat_too_often", RefusalKind.TooMany,
        "微信登录过于频繁，请稍后再试。", "WeChat was asked about this user too often; try again later.");

    public static readonly Refusal WeChatPhoneNeeded = new("wechat_phone_needed", RefusalKind.Conflict,
        "首次登录请授权手机号，并重新获取登录凭证。", "The first time, let WeChat show the phone, and send its code with a new login code.");

    public static readonly Refusal WeChatNotBound = new("wechat_not_bound", RefusalKind.Conflict,
        "该账号未在小程序中登录过。", "Nobody of this account has signed in by the mini-program.");

    public static readonly Refusal WeChatTopicUnknown = new("wechat_topic_unknown", RefusalKind.Invalid,
        "没有这种订阅消息。", "There is no subscription message for this topic.");

    // ── Doing it twice, doing it at once ────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal IdempotencyKeyInvalid = new("idempotency_key_invalid", RefusalKind.Invalid,
        "Idempotency-Key 须为 1 至 200 个可见 ASCII 字符。", "An Idempotency-Key has 1 to 200 visible ASCII characters.");

    public static readonly Refusal IdempotencyKeyNeeded = new("idempotency_key_needed", RefusalKind.Invalid,
        "合作平台的提交须带 Idempotency-Key。", "Partners send an Idempotency-Key with every POST.");

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

    public static readonly Refusal AccuracyOutOfRange = new("accuracy_out_of_range", RefusalKind.Invalid,
        "定位精度须在 0 至 100000 米之间。", "The accuracy must lie between 0 and 100,000 metres.");

    public static readonly Refusal WindowBackwards = new("window_backwards", RefusalKind.Invalid,
        "结束时间必须晚于开始时间。", "The window must end after it begins.");

    public static readonly Refusal WindowInPast = new("window_in_past", RefusalKind.Rule,
        "服务时间已经过去。", "The window lies in the past.");

    // ── Volunteers and skills ───────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal IdNumberInvalid = new("id_number_invalid", RefusalKind.Invalid,
        "身份证号码无效，请核对 18 位号码。", "This is not a valid id number; check its 18 characters.");

    public static readonly Refusal RealNameNotVerified = new("real_name_not_verified", RefusalKind.Rule,
        "尚未完成实名核验。", "The real name has not been verified yet.");

    public static readonly Refusal VolunteerAlreadyApproved = new("volunteer_already_approved", RefusalKind.Conflict,
        "该志愿者已通过审核。", "This volunteer has already been approved.");

    public static readonly Refusal VolunteerNotActive = new("volunteer_not_active", RefusalKind.Conflict,
        "该志愿者不在册，不能暂停。", "Only an active volunteer can be suspended.");

    public static readonly Refusal VolunteerNotSuspended = new("volunteer_not_suspended", RefusalKind.Conflict,
        "该志愿者未被暂停。", "This volunteer is not suspended.");

    public static readonly Refusal VolunteerHasLeft = new("volunteer_has_left", RefusalKind.Conflict,
        "该志愿者已退出。", "This volunteer has left.");

    public static readonly Refusal VolunteerHasNotLeft = new("volunteer_has_not_left", RefusalKind.Conflict,
        "该志愿者并未退出。", "This volunteer has not left.");

    public static readonly Refusal VolunteerHasAssignments = new("volunteer_has_assignments", RefusalKind.Conflict,
        "还有未完成的服务，请先交还再退出。", "There is service promised and not done; give it back before leaving.");

    public static readonly Refusal SkillUnknown = new("skill_unknown", RefusalKind.Invalid,
        "没有这项技能。", "There is no such skill.");

    public static readonly Refusal SkillTwice = new("skill_twice", RefusalKind.Invalid,
        "同一技能出现了两次。", "The same skill is named twice.");

    public static readonly Refusal SkillCircle = new("skill_circle", RefusalKind.Rule,
        "技能不能归属于自己或自己的下级。", "A skill cannot belong to itself or to one of its own descendants.");

    public static readonly Refusal SkillLevelOutOfRange = new("skill_level_out_of_range", RefusalKind.Invalid,
        "技能等级须为 1 至 4。", "A skill's level is 1 to 4.");

    public static readonly Refusal LimitsOutOfRange = new("limits_out_of_range", RefusalKind.Invalid,
        "每周上限须为 1 至 100 单，每日上限须为 1 至 1440 分钟。", "Limits are 1 to 100 orders a week and 1 to 1,440 minutes a day.");

    public static readonly Refusal SlotOutOfRange = new("slot_out_of_range", RefusalKind.Invalid,
        "每周时段须在一周之内，且长度为 1 分钟至 7 天。", "A weekly slot starts within the week and lasts from one minute to seven days.");

    // ── Matching ────────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal ScoreWeightsInvalid = new("score_weights_invalid", RefusalKind.Invalid,
        "评分权重须为非负数，且不能全为零。", "Weights must be zero or more, and not all zero.");

    // One a hard rule: what is said when it is broken at acceptance or at check-in.
    public static readonly Refusal BrokenInPool = new("rule_broken_in_pool", RefusalKind.Rule,
        "该志愿者不属于这张订单所在的站点范围。", "This volunteer does not belong to the sites that this order may ask.");

    public static readonly Refusal BrokenActiveAndRealName = new("rule_broken_active_real_name", RefusalKind.Rule,
        "该志愿者尚未通过审核、未实名或已退出。", "This volunteer is not approved, has no verified real name, or has left.");

    public static readonly Refusal BrokenNotSuspended = new("rule_broken_not_suspended", RefusalKind.Rule,
        "该志愿者已被暂停服务。", "This volunteer is suspended.");

    public static readonly Refusal BrokenOfAge = new("rule_broken_of_age", RefusalKind.Rule,
        "该志愿者未成年，而此项服务不允许，或无成人陪同。", "This volunteer is a minor, and the item does not allow it or no adult comes along.");

    public static readonly Refusal BrokenSkills = new("rule_broken_skills", RefusalKind.Rule,
        "该志愿者不具备所需的技能或等级。", "This volunteer lacks a required skill or its level.");

    public static readonly Refusal BrokenQualifications = new("rule_broken_qualifications", RefusalKind.Rule,
        "该志愿者缺少所需资质，或资质在服务期间无效。", "This volunteer lacks a required qualification, or it is not valid over the window.");

    public static readonly Refusal BrokenInsured = new("rule_broken_insured", RefusalKind.Rule,
        "此项服务需要保险，而该志愿者在服务期间没有保险。", "The service needs insurance, and this volunteer is not insured over the window.");

    public static readonly Refusal BrokenAvailable = new("rule_broken_available", RefusalKind.Rule,
        "该志愿者在服务时段内没有空。", "This volunteer is not available over the whole window.");

    public static readonly Refusal BrokenNoOverlap = new("rule_broken_no_overlap", RefusalKind.Rule,
        "该志愿者在此时段前后另有服务，或来不及赶到。", "This volunteer has another assignment then, or not enough time for the way.");

    public static readonly Refusal BrokenBelowLimits = new("rule_broken_below_limits", RefusalKind.Rule,
        "该志愿者已达到每周单数或每日时长上限。", "This volunteer has reached the limit of orders a week or hours a day.");

    public static readonly Refusal BrokenWithinRadius = new("rule_broken_within_radius", RefusalKind.Rule,
        "服务地点超出了派单半径或该志愿者的服务半径。", "The place is beyond the order's radius or the volunteer's own.");

    public static readonly Refusal BrokenNotBlocked = new("rule_broken_not_blocked", RefusalKind.Rule,
        "志愿者与居民一方已屏蔽对方。", "One side has blocked the other.");

    public static readonly Refusal BrokenLanguageAndGender = new("rule_broken_language_gender", RefusalKind.Rule,
        "该志愿者不符合居民指定的语言或性别。", "This volunteer does not meet the language or gender that the resident asked for.");

    public static readonly Refusal BrokenNotAlreadyAsked = new("rule_broken_not_already_asked", RefusalKind.Rule,
        "此单已邀约过该志愿者。", "This volunteer has already been asked for this order.");
    // ── Policies ────────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal PolicyZoneUnknown = new("policy_zone_unknown", RefusalKind.Invalid,
        "没有这个时区，请用 IANA 名称，例如 Asia/Shanghai。", "There is no such time zone; use an IANA name such as Asia/Shanghai.");

    public static readonly Refusal PolicyValueOutOfRange = new("policy_value_out_of_range", RefusalKind.Invalid,
        "规则中的这个数值超出允许范围。", "This figure of the policy is out of range.");

    public static readonly Refusal PolicyOutOfOrder = new("policy_out_of_order", RefusalKind.Invalid,
        "规则中的各级数值须依次递增。", "The figures of the policy must rise from step to step.");

    // ── Sites and policies ──────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal SiteUnknown = new("site_unknown", RefusalKind.Unknown,
        "没有这个站点。", "There is no such site.");

    public static readonly Refusal SiteClosed = new("site_closed", RefusalKind.Rule,
        "该站点已关闭。", "This site is closed.");

    public static readonly Refusal SiteParentWrong = new("site_parent_wrong", RefusalKind.Rule,
        "这类站点不能设在那里：所设在中心之下，站设在所或中心之下，基地和点之下不再设站点。",
        "A site of this kind cannot stand there: institutes stand under a center, stations under an institute or center, and nothing under a base or point.");

    public static readonly Refusal SiteCircle = new("site_circle", RefusalKind.Rule,
        "站点不能移到自己或自己的下级之下。", "A site cannot move below itself.");

    public static readonly Refusal SiteOtherCenter = new("site_other_center", RefusalKind.Rule,
        "站点不能移到另一个中心。", "A site cannot move to another center.");

    public static readonly Refusal SiteHasOpenSites = new("site_has_open_sites", RefusalKind.Conflict,
        "请先关闭下级站点。", "Close the sites below it first.");

    public static readonly Refusal SiteHasOpenWork = new("site_has_open_work", RefusalKind.Conflict,
        "该站点还有未办结的微心愿或订单。", "The site still has wishes or orders that are not finished.");

    public static readonly Refusal PolicyUnknown = new("policy_unknown", RefusalKind.Unknown,
        "没有这个版本的规则。", "There is no such version of the policy.");

    // ── The catalog ─────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal MenuItemUnknown = new("menu_item_unknown", RefusalKind.Unknown,
        "没有这个服务项目。", "There is no such item on the menu.");

    public static readonly Refusal MenuItemRetired = new("menu_item_retired", RefusalKind.Rule,
        "该服务项目已停用。", "This item is no longer on the menu.");

    public static readonly Refusal QualificationUnknown = new("qualification_unknown", RefusalKind.Unknown,
        "没有这项资质。", "There is no such qualification.");

    public static readonly Refusal SkillNotHere = new("skill_not_here", RefusalKind.Unknown,
        "没有这项技能。", "There is no such skill.");

    public static readonly Refusal CodeTaken = new("code_taken", RefusalKind.Conflict,
        "这个代码已被使用。", "This code is taken.");

    public static readonly Refusal SkillHasNarrower = new("skill_has_narrower", RefusalKind.Conflict,
        "请先停用下级技能。", "Retire the narrower skills first.");

    public static readonly Refusal PeopleNeededAboveWanted = new("people_needed_above_wanted", RefusalKind.Invalid,
        "最少人数不能多于期望人数。", "No more people can be needed than are wanted.");

    // ── Registering people ──────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal VolunteerUnknown = new("volunteer_unknown", RefusalKind.Unknown,
        "没有这位志愿者。", "There is no such volunteer.");

    public static readonly Refusal VolunteerKnown = new("volunteer_known", RefusalKind.Conflict,
        "这个身份证号码已经注册过。", "This id number is registered already.");

    public static readonly Refusal ImportUnknown = new("import_unknown", RefusalKind.Unknown,
        "没有这次导入。", "There is no such import.");

    public static readonly Refusal ImportFinished = new("import_finished", RefusalKind.Conflict,
        "这次导入已经完成，请另建一次导入。", "This import is finished; begin another.");

    public static readonly Refusal ImportMoved = new("import_moved", RefusalKind.Conflict,
        "同一次导入正在由别处提交，请查看进度后再继续。", "The same import is being handed in elsewhere; look at how far it is, then go on.");

    public static readonly Refusal ImportFileDiffers = new("import_file_differs", RefusalKind.Conflict,
        "文件与先前提交的部分不一致，请提交原文件或另建一次导入。", "The file does not begin with the rows taken so far; send the same file, or begin another import.");

    public static readonly Refusal ImportNotText = new("import_not_text", RefusalKind.Invalid,
        "文件不是所声明的文字编码；Excel 导出的中文文件请声明 charset=gb18030。", "The file is not text in the charset that it names; files saved by a Chinese spreadsheet are charset=gb18030.");

    public static readonly Refusal ImportNotCsv = new("import_not_csv", RefusalKind.Invalid,
        "这一行不是有效的 CSV（引号未闭合或某格过长），其后的内容未处理。", "From this line on the file is not CSV: a quote is not closed, or a cell is too long.");

    public static readonly Refusal ImportNotXlsx = new("import_not_xlsx", RefusalKind.Invalid,
        "文件不是有效的 XLSX 工作簿（可能已加密或损坏），请另存为 .xlsx 或 CSV 后再提交。", "The file is not an XLSX workbook, or it is encrypted or damaged; save it as .xlsx or CSV.");

    public static readonly Refusal ImportFileTooLarge = new("import_file_too_large", RefusalKind.TooLarge,
        "工作簿过大（或展开后过大），请拆分或改用 CSV。", "The workbook is too large, as it is or unpacked; split it, or send CSV.");

    public static readonly Refusal ImportCellBroken = new("import_cell_broken", RefusalKind.Invalid,
        "单元格没有值：公式出错或从未计算。", "The cell has no value: its formula failed or was never worked out.");

    public static readonly Refusal ImportSiteKnown = new("import_site_known", RefusalKind.Conflict,
        "上级站点下已有同名站点。", "There is a site of this name under that site already.");

    public static readonly Refusal ImportColumnUnknown = new("import_column_unknown", RefusalKind.Invalid,
        "没有这一列。", "There is no such column.");

    public static readonly Refusal ImportColumnMissing = new("import_column_missing", RefusalKind.Invalid,
        "缺少必需的列。", "A column that must be there is missing.");

    public static readonly Refusal ImportSiteAmbiguous = new("import_site_ambiguous", RefusalKind.Rule,
        "有多个同名站点，请填写站点编号。", "Several sites have this name; give the site's id.");

    public static readonly Refusal VolunteerTwice = new("volunteer_twice", RefusalKind.Conflict,
        "同一身份证号在文件中出现多次。", "The file holds this id number more than once.");

    public static readonly Refusal SlotsOverlap = new("slots_overlap", RefusalKind.Invalid,
        "每周时段不能重叠。", "Weekly slots must not overlap.");

    public static readonly Refusal HeldQualificationUnknown = new("held_qualification_unknown", RefusalKind.Unknown,
        "没有这条资质记录。", "There is no such certificate.");

    public static readonly Refusal CompanionWrong = new("companion_wrong", RefusalKind.Rule,
        "陪同人须是在册的成年志愿者。", "The one who comes along must be an active, adult volunteer of the same center.");

    public static readonly Refusal TeamUnknown = new("team_unknown", RefusalKind.Unknown,
        "没有这支志愿服务队。", "There is no such team.");

    public static readonly Refusal TeamDissolved = new("team_dissolved", RefusalKind.Conflict,
        "该志愿服务队已解散。", "This team was dissolved.");

    public static readonly Refusal TeamMemberAlready = new("team_member_already", RefusalKind.Conflict,
        "已经是这支队伍的成员。", "Already a member of this team.");

    public static readonly Refusal TeamMemberNot = new("team_member_not", RefusalKind.Rule,
        "不是这支队伍的成员。", "Not a member of this team.");

    public static readonly Refusal TeamCaptainStays = new("team_captain_stays", RefusalKind.Conflict,
        "请先更换队长。", "Name another captain first.");

    public static readonly Refusal ResidentUnknown = new("resident_unknown", RefusalKind.Unknown,
        "没有这位居民。", "There is no such resident.");

    public static readonly Refusal ProxyUnknown = new("proxy_unknown", RefusalKind.Unknown,
        "没有这位代点人。", "There is no such proxy.");

    public static readonly Refusal ProxyAlready = new("proxy_already", RefusalKind.Conflict,
        "已经是这位居民的代点人。", "Already a proxy of this resident.");

    public static readonly Refusal CareTagsNotYours = new("care_tags_not_yours", RefusalKind.Forbidden,
        "关爱标签由站点工作人员或代点人登记。", "Care tags are set by those who look after residents: staff and proxies of the site.");

    public static readonly Refusal NothingToReveal = new("nothing_to_reveal", RefusalKind.Unknown,
        "没有登记这项信息。", "Nothing of the kind is on record.");

    // ── Wishes ──────────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal WishUnknown = new("wish_unknown", RefusalKind.Unknown,
        "没有这条微心愿。", "There is no such wish.");

    public static readonly Refusal WishChannelWrong = new("wish_channel_wrong", RefusalKind.Rule,
        "屋场会和合作平台的微心愿另有入口。", "Wishes of meetings and of partners come in by doors of their own.");

    public static readonly Refusal WishesTooMany = new("wishes_too_many", RefusalKind.TooLarge,
        "一次最多提交 1,000 个微心愿，请分次提交。", "One call takes up to 1,000 wishes; hand them in by several.");

    public static readonly Refusal WindowTooFar = new("window_too_far", RefusalKind.Rule,
        "服务时间不能晚于 90 天之后。", "The window lies more than 90 days ahead.");

    public static readonly Refusal UrgencyNotYours = new("urgency_not_yours", RefusalKind.Rule,
        "您不能将紧急程度提得这么高。", "You may not raise the urgency this far.");

    public static readonly Refusal GenderNotAsked = new("gender_not_asked", RefusalKind.Rule,
        "该服务项目不能指定性别。", "This item does not allow asking for a gender.");

    public static readonly Refusal LanguageNotAsked = new("language_not_asked", RefusalKind.Rule,
        "该服务项目不能指定语言。", "This item does not allow asking for a language.");

    public static readonly Refusal MenuItemNeeded = new("menu_item_needed", RefusalKind.Rule,
        "请先选定服务项目再制单。", "Choose an item of the menu before making an order.");

    public static readonly Refusal MeetingInFuture = new("meeting_in_future", RefusalKind.Rule,
        "屋场会还没有召开。", "The meeting has not been held yet.");

    public static readonly Refusal MeetingUnknown = new("meeting_unknown", RefusalKind.Unknown,
        "没有这次屋场会。", "There is no such meeting.");

    public static readonly Refusal WishStateWrong = new("wish_state_wrong", RefusalKind.Conflict,
        "微心愿当前的状态不能这样操作。", "The wish is in a state in which this cannot be done.");

    public static readonly Refusal WishNotClaimed = new("wish_not_claimed", RefusalKind.Conflict,
        "请先领取这条微心愿再处理。", "Take up the wish before working on it.");

    public static readonly Refusal WishClaimedByOther = new("wish_claimed_by_other", RefusalKind.Conflict,
        "另一位制单员正在处理这条微心愿，领取到期后可接手。", "Another curator is working on this wish; take over when the lease is over.");

    public static readonly Refusal WishLeaseLapsed = new("wish_lease_lapsed", RefusalKind.Conflict,
        "领取已超时，请重新领取。", "Your lease on this wish is over; take it up again.");

    public static readonly Refusal WishLeaseRuns = new("wish_lease_runs", RefusalKind.Conflict,
        "领取尚未到期。", "The lease on this wish still runs.");

    public static readonly Refusal WishAnswerStillAwaited = new("wish_answer_still_awaited", RefusalKind.Conflict,
        "仍在等待居民补充信息。", "There is still time for the resident to answer.");

    public static readonly Refusal WishInService = new("wish_in_service", RefusalKind.Conflict,
        "服务已经开始，不能再撤回。", "The service has begun; the wish can no longer be withdrawn.");

    public static readonly Refusal WishAppealedBefore = new("wish_appealed_before", RefusalKind.Rule,
        "每条微心愿只能申诉一次。", "A wish can be appealed once only.");

    public static readonly Refusal WishMergeTargetWrong = new("wish_merge_target_wrong", RefusalKind.Rule,
        "只能并入另一条仍在处理的微心愿。", "A wish can only be merged into another wish that is still open.");

    public static readonly Refusal ReasonMissing = new("reason_missing", RefusalKind.Invalid,
        "请说明理由。", "Give a reason.");

    // ── Orders ──────────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal OrderUnknown = new("order_unknown", RefusalKind.Unknown,
        "没有这张订单。", "There is no such order.");

    public static readonly Refusal OfferUnknown = new("offer_unknown", RefusalKind.Unknown,
        "没有这条邀约。", "There is no such offer.");

    public static readonly Refusal AssignmentUnknown = new("assignment_unknown", RefusalKind.Unknown,
        "没有这次承接。", "There is no such assignment.");

    public static readonly Refusal TeamMembersNeeded = new("team_members_needed", RefusalKind.Rule,
        "请由队长说明由哪几位队员前往。", "Say which members of the team will go.");

    public static readonly Refusal TooManyForSeats = new("too_many_for_seats", RefusalKind.Conflict,
        "人数超过了剩余名额。", "There are fewer open seats than that.");

    public static readonly Refusal SeatsBelowFilled = new("seats_below_filled", RefusalKind.Rule,
        "人数不能少于已承接的人数。", "There cannot be fewer seats than are filled.");

    public static readonly Refusal ReleaseTooLate = new("release_too_late", RefusalKind.Conflict,
        "已经签到，不能退出。", "After check-in the seat can no longer be given back.");

    public static readonly Refusal SiteNotBelow = new("site_not_below", RefusalKind.Rule,
        "只能下派给下级站所。", "An order can be handed down only to a site below.");

    public static readonly Refusal WindowPromised = new("window_promised", RefusalKind.Conflict,
        "已有志愿者按原时间承接，请先与其商定。", "Somebody has said yes to the old window; settle it with them first.");

    public static readonly Refusal NoVolunteersNamed = new("no_volunteers_named", RefusalKind.Invalid,
        "请指定要邀约的志愿者。", "Name the volunteers to be asked.");

    public static readonly Refusal OrderStateWrong = new("order_state_wrong", RefusalKind.Conflict,
        "订单当前的状态不能这样操作。", "The order is in a state in which this cannot be done.");

    public static readonly Refusal ReviewerIsAuthor = new("reviewer_is_author", RefusalKind.Rule,
        "风险为中或高的订单须由制单人以外的人审核。", "From medium risk on, somebody other than the author reviews the order.");

    // ── Emergencies ─────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal EmergencyOn = new("emergency_on", RefusalKind.Conflict,
        "该站所已处于应急状态。", "The site is in emergency already.");

    public static readonly Refusal EmergencyOff = new("emergency_off", RefusalKind.Conflict,
        "该站所不在应急状态。", "The site is not in emergency.");

    public static readonly Refusal EmergencyTooLong = new("emergency_too_long", RefusalKind.Rule,
        "应急状态最长 30 天。", "An emergency lasts 30 days at most.");

    // ── Offers ──────────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal OfferNotPending = new("offer_not_pending", RefusalKind.Conflict,
        "这条邀约已经答复过。", "This offer has been answered already.");

    public static readonly Refusal OfferExpired = new("offer_expired", RefusalKind.Conflict,
        "这条邀约已过期。", "This offer has expired.");

    public static readonly Refusal OfferWithdrawn = new("offer_withdrawn", RefusalKind.Conflict,
        "这条邀约已收回。", "This offer was withdrawn.");

    public static readonly Refusal OfferStillOpen = new("offer_still_open", RefusalKind.Conflict,
        "这条邀约尚未到期。", "This offer is still open.");

    public static readonly Refusal SeatTaken = new("seat_taken", RefusalKind.Conflict,
        "名额已满，谢谢您的热心。", "The seat has gone to somebody else; thank you all the same.");

    // ── Assignments ─────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal AssignmentStateWrong = new("assignment_state_wrong", RefusalKind.Conflict,
        "这次承接当前的状态不能这样操作。", "The assignment is in a state in which this cannot be done.");

    public static readonly Refusal CheckedInAlready = new("checked_in_already", RefusalKind.Conflict,
        "您已经签到。", "You have checked in already.");

    public static readonly Refusal CheckedOutAlready = new("checked_out_already", RefusalKind.Conflict,
        "您已经签退。", "You have checked out already.");

    public static readonly Refusal NotCheckedIn = new("not_checked_in", RefusalKind.Conflict,
        "请先签到。", "Check in first.");

    public static readonly Refusal NoShowRecorded = new("no_show_recorded", RefusalKind.Conflict,
        "已记为未到场，不能再签到。", "You were recorded as not having come; it is too late to check in.");

    public static readonly Refusal CheckInTooEarly = new("check_in_too_early", RefusalKind.Rule,
        "还没到签到时间。", "It is too early to check in.");

    public static readonly Refusal CheckInTooLate = new("check_in_too_late", RefusalKind.Rule,
        "签到时间已过。", "It is too late to check in.");

    public static readonly Refusal CheckOutBeforeCheckIn = new("check_out_before_check_in", RefusalKind.Invalid,
        "签退时间不能早于签到时间。", "The check-out lies before the check-in.");

    public static readonly Refusal MayStillCome = new("may_still_come", RefusalKind.Conflict,
        "还在等候时间内，不能记为未到场。", "There is still time for them to come.");

    public static readonly Refusal ServiceCodeWrong = new("service_code_wrong", RefusalKind.Rule,
        "服务码不对。", "The service code is wrong.");

    public static readonly Refusal NotWithinGeofence = new("not_within_geofence", RefusalKind.Rule,
        "您离服务地点太远。", "You are too far from the place of service.");

    public static readonly Refusal PresenceNotShown = new("presence_not_shown", RefusalKind.Rule,
        "请输入服务码或打开定位。", "Give the service code, or a place that is accurate enough.");

    public static readonly Refusal ServiceCodeLocked = new("service_code_locked", RefusalKind.TooMany,
        "服务码输错次数过多，请稍后再试，或用定位、由组织者签到。", "Too many wrong service codes; try later, or use your place or an organiser.");

    public static readonly Refusal ServiceCodeClosed = new("service_code_closed", RefusalKind.Conflict,
        "服务已结束，服务码不再显示。", "The service is over, and its code is no longer shown.");

    public static readonly Refusal ContactClosed = new("contact_closed", RefusalKind.Conflict,
        "服务已结束，不再显示居民的联系方式。", "The service is over; how to reach the resident is no longer shown.");

    // ── Confirming ──────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal OwnService = new("own_service", RefusalKind.Rule,
        "不能代居民办理自己参与的服务。", "For a service of your own somebody else has to do this.");

    public static readonly Refusal ConfirmHowWrong = new("confirm_how_wrong", RefusalKind.Invalid,
        "居民在应用内确认；工作人员代为确认请注明电话或纸质。", "Residents confirm in the app; staff say whether it was by phone or on paper.");

    public static readonly Refusal MinutesNotOfOrder = new("minutes_not_of_order", RefusalKind.Invalid,
        "所列承接不属于这张订单的已签退人员。", "An assignment named here has not served this order.");

    public static readonly Refusal MinutesAboveServed = new("minutes_above_served", RefusalKind.Rule,
        "核实的时长不能多于实际服务的时长。", "No more minutes can be confirmed than were served.");

    // ── Hours ───────────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal MinutesNotPositive = new("minutes_not_positive", RefusalKind.Rule,
        "没有可记入台账的时长。", "There are no minutes to write into the ledger.");

    public static readonly Refusal HoursReversedAlready = new("hours_reversed_already", RefusalKind.Conflict,
        "这条时长记录已经冲正。", "This entry of the ledger has been reversed already.");

    public static readonly Refusal ReversalNotReversible = new("reversal_not_reversible", RefusalKind.Rule,
        "冲正记录不能再冲正，请重新记入。", "A reversal cannot be reversed; write the hours anew.");

    public static readonly Refusal HoursEntryUnknown = new("hours_entry_unknown", RefusalKind.Unknown,
        "没有这条时长记录。", "There is no such entry of the ledger.");

    public static readonly Refusal HoursApprovalUnknown = new("hours_approval_unknown", RefusalKind.Unknown,
        "没有这条待核时长。", "There is no such request for approval.");

    public static readonly Refusal HoursDecidedAlready = new("hours_decided_already", RefusalKind.Conflict,
        "这条待核时长已经处理。", "This request has been decided already.");

    public static readonly Refusal HoursNeedCenter = new("hours_need_center", RefusalKind.Forbidden,
        "当天时长超过站所可批的上限，须由中心批准。", "So many hours a day need the center's approval.");

    public static readonly Refusal HoursInDispute = new("hours_in_dispute", RefusalKind.Conflict,
        "订单有争议，时长须待中心处理。", "The order is disputed, and its hours wait for the center.");

    public static readonly Refusal OwnHours = new("own_hours", RefusalKind.Rule,
        "不能处理自己的时长。", "Nobody decides about their own hours.");

    // ── Ratings ─────────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal RatingOutOfRange = new("rating_out_of_range", RefusalKind.Invalid,
        "评分须为 1 至 5。", "A rating is 1 to 5.");

    public static readonly Refusal RatingGivenAlready = new("rating_given_already", RefusalKind.Conflict,
        "您已经评过。", "You have rated already.");

    public static readonly Refusal RatingNotOpen = new("rating_not_open", RefusalKind.Conflict,
        "现在不能评分。", "Ratings are not open.");

    // ── Partners ────────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal PartnerUnknown = new("partner_unknown", RefusalKind.Unknown,
        "没有这个合作平台。", "There is no such partner.");

    public static readonly Refusal PartnerNameTaken = new("partner_name_taken", RefusalKind.Conflict,
        "本中心已有同名的合作平台。", "The center has a partner of this name already.");

    public static readonly Refusal PartnerSitesOfOneCenter = new("partner_sites_of_one_center", RefusalKind.Rule,
        "合作平台的站点须属于同一个中心。", "The sites of a partner belong to one center.");

    public static readonly Refusal PartnerKeyUnknown = new("partner_key_unknown", RefusalKind.Unknown,
        "没有这个密钥。", "There is no such key.");

    // ── Webhooks ────────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal WebhookUnknown = new("webhook_unknown", RefusalKind.Unknown,
        "没有这个回调。", "There is no such webhook.");

    public static readonly Refusal WebhookUrlWrong = new("webhook_url_wrong", RefusalKind.Invalid,
        "回调地址须为可从公网访问的 https 地址，不含用户名和片段。", "A webhook is called at an https address that the world can reach, without user or fragment.");

    public static readonly Refusal WebhookExists = new("webhook_exists", RefusalKind.Conflict,
        "这个地址已经登记过回调。", "There is a webhook with this address already.");

    public static readonly Refusal WebhooksTooMany = new("webhooks_too_many", RefusalKind.Rule,
        "每个合作平台最多登记 20 个回调。", "A partner has 20 webhooks at most.");

    public static readonly Refusal EventTypeUnknown = new("event_type_unknown", RefusalKind.Invalid,
        "没有这种事件。", "There is no event of this type.");

    public static readonly Refusal DeliveryUnknown = new("delivery_unknown", RefusalKind.Unknown,
        "没有这次推送。", "There is no such delivery.");

    public static readonly Refusal DeliveryWaiting = new("delivery_waiting", RefusalKind.Conflict,
        "这次推送还在等待发出。", "This delivery is still waiting to go out.");

    public static readonly Refusal WebhookDisabled = new("webhook_disabled", RefusalKind.Conflict,
        "回调已停用，请先启用。", "The webhook is disabled; switch it on first.");

    // ── Operations ──────────────────────────────────────────────────────────────────────────────────────────────────
    public static readonly Refusal JobUnknown = new("job_unknown", RefusalKind.Unknown,
        "没有这项后台任务。", "There is no such job.");

    /// <summary>All of them, by code.</summary>
    public static readonly IReadOnlyDictionary<string, Refusal> ByCode = typeof(Refusals)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.FieldType == typeof(Refusal))
        .Select(field => (Refusal)field.GetValue(null)!)
        .ToDictionary(refusal => refusal.Code);
}
