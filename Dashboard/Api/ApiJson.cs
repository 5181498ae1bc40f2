using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Presence.Dashboard.Api;

/// <summary>The generated code behind <see cref="Documents"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantConverter), typeof(WholeNumberConverter<int>), typeof(WholeNumberConverter<long>)],
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AlertRuleDocument))]
[JsonSerializable(typeof(AlertRuleRequest))]
[JsonSerializable(typeof(AlertRulesReply))]
[JsonSerializable(typeof(AlertsReply))]
[JsonSerializable(typeof(AuthTokenRequest))]
[JsonSerializable(typeof(ChannelMembersDocument))]
[JsonSerializable(typeof(ChannelMembersRequest))]
[JsonSerializable(typeof(ChannelsReply))]
[JsonSerializable(typeof(ChatSettingsDocument))]
[JsonSerializable(typeof(CountReply))]
[JsonSerializable(typeof(DefinedRoomDocument))]
[JsonSerializable(typeof(DefinedRoomRequest))]
[JsonSerializable(typeof(DefinedRoomsReply))]
[JsonSerializable(typeof(ErasedUserDocument))]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(HealthReply))]
[JsonSerializable(typeof(HeartbeatDocument))]
[JsonSerializable(typeof(HeartbeatRequest))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
[JsonSerializable(typeof(DrawDocument))]
[JsonSerializable(typeof(DrawRequest))]
[JsonSerializable(typeof(DrawsReply))]
[JsonSerializable(typeof(InvitationDocument))]
[JsonSerializable(typeof(InvitationRequest))]
[JsonSerializable(typeof(RoomInvitationDocument))]
[JsonSerializable(typeof(RoomInvitationsReply))]
[JsonSerializable(typeof(LoginReply))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(ManyHeartbeatsReply))]
[JsonSerializable(typeof(AuditReply))]
[JsonSerializable(typeof(ManyHeartbeatsRequest))]
[JsonSerializable(typeof(NoteDocument))]
[JsonSerializable(typeof(NoteRequest))]
[JsonSerializable(typeof(NotesReply))]
[JsonSerializable(typeof(OnlineCountReply))]
[JsonSerializable(typeof(PresencesReply))]
[JsonSerializable(typeof(PresenceSettingsReply))]
[JsonSerializable(typeof(UserPresenceSettingDocument))]
[JsonSerializable(typeof(UserPresenceSettingRequest))]
[JsonSerializable(typeof(PublicLinkDocument))]
[JsonSerializable(typeof(PublicLinkRequest))]
[JsonSerializable(typeof(PublicRoomDocument))]
[JsonSerializable(typeof(BansReply))]
[JsonSerializable(typeof(RemovalDocument))]
[JsonSerializable(typeof(RemovalRequest))]
[JsonSerializable(typeof(RemovalsReply))]
[JsonSerializable(typeof(RoomPrefixDocument))]
[JsonSerializable(typeof(RoomPrefixRequest))]
[JsonSerializable(typeof(RoomPrefixesReply))]
[JsonSerializable(typeof(RoomsReply))]
[JsonSerializable(typeof(ScheduleDocument))]
[JsonSerializable(typeof(ScheduleRequest))]
[JsonSerializable(typeof(SchedulesReply))]
[JsonSerializable(typeof(ServerKeyDocument))]
[JsonSerializable(typeof(ServerKeyRequest))]
[JsonSerializable(typeof(ServerKeysReply))]
[JsonSerializable(typeof(SessionDocument))]
[JsonSerializable(typeof(SettingsChangeRequest))]
[JsonSerializable(typeof(SettingsDocument))]
[JsonSerializable(typeof(Sharing.SharedCountDocument))]
[JsonSerializable(typeof(Sharing.SharedCurveDocument))]
[JsonSerializable(typeof(Sharing.SharedRoomDocument))]
[JsonSerializable(typeof(StreamCount))]
[JsonSerializable(typeof(StreamGap))]
[JsonSerializable(typeof(StreamJoin))]
[JsonSerializable(typeof(StreamLeave))]
[JsonSerializable(typeof(StreamUser))]
[JsonSerializable(typeof(StreamUsers))]
[JsonSerializable(typeof(SuccessReply))]
[JsonSerializable(typeof(UserProfileDocument))]
[JsonSerializable(typeof(UserProfileRequest))]
[JsonSerializable(typeof(UsersReply))]
[JsonSerializable(typeof(ViewersReply))]
[JsonSerializable(typeof(BroadcastReportDocument))]
[JsonSerializable(typeof(BroadcastsReply))]
[JsonSerializable(typeof(CurveDocument))]
[JsonSerializable(typeof(DropDocument))]
[JsonSerializable(typeof(MomentDocument))]
[JsonSerializable(typeof(UserVisitsDocument))]
[JsonSerializable(typeof(VisitDocument))]
[JsonSerializable(typeof(VisitsReply))]
[JsonSerializable(typeof(VisitorRequest))]
[JsonSerializable(typeof(WebhookDeliveriesReply))]
[JsonSerializable(typeof(WebhookDeliveryDocument))]
[JsonSerializable(typeof(WebhookDocument))]
[JsonSerializable(typeof(WebhookRequest))]
[JsonSerializable(typeof(WebhookResentReply))]
[JsonSerializable(typeof(WebhooksReply))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>How each is read and written. Text of any script stays readable as it is: a reply is JSON and never put into a page as markup.</summary>
    public static ApiJson Documents => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>Instants on the wire: UTC, always three digits of milliseconds, always Z.</summary>
internal sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-ddTHH:mm:ss.fffZ";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[24];
        value.UtcDateTime.TryFormat(text, out var written, Format, CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..written]);
    }
}

/// <summary>
/// Whole numbers however they are written: a typed client that read <c>30</c> as a floating number sends <c>30.0</c> back.
/// What has a part behind the point is refused, never rounded.
/// </summary>
internal sealed class WholeNumberConverter<T> : JsonConverter<T>
    where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    private const int MostDigits = 19; // the digits of long.MaxValue

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number
            && TryRead(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan, out var value)
            && value >= long.CreateSaturating(T.MinValue) && value <= long.CreateSaturating(T.MaxValue))
            return T.CreateChecked(value);
        throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteNumberValue(long.CreateChecked(value));

    /// <summary>Reads a number that JSON allows, exactly: neither a long row of digits nor a huge exponent is ever computed with.</summary>
    private static bool TryRead(ReadOnlySpan<byte> text, out long value)
    {
        if (Utf8Parser.TryParse(text, out value, out var read) && read == text.Length)
            return true;

        var isNegative = text[0] == '-';
        var mantissa = isNegative ? text[1..] : text;
        var exponent = ReadOnlySpan<byte>.Empty;
        if (mantissa.IndexOfAny((byte)'e', (byte)'E') is >= 0 and var e)
        {
            exponent = mantissa[(e + 1)..].TrimStart((byte)'+');
            mantissa = mantissa[..e];
        }
        var point = mantissa.IndexOf((byte)'.');
        byte[] digits = point < 0 ? mantissa.ToArray() : [.. mantissa[..point], .. mantissa[(point + 1)..]];
        var significant = digits.AsSpan().TrimStart((byte)'0').TrimEnd((byte)'0');
        value = 0;
        if (significant.IsEmpty)
            return true;

        var shift = 0;
        if (!exponent.IsEmpty && !(Utf8Parser.TryParse(exponent, out shift, out read) && read == exponent.Length && Math.Abs((long)shift) <= 2 * BodyLimit.OfServers))
            return false; // out of range, however many digits the body has
        // The number of zeros after the last other digit. A negative number means decimal places.
        var zeros = shift - (point < 0 ? 0 : mantissa.Length - point - 1) + (digits.Length - digits.AsSpan().TrimEnd((byte)'0').Length);
        if (zeros < 0 || significant.Length + zeros > MostDigits)
            return false;
        Span<byte> whole = stackalloc byte[MostDigits + 1];
        whole.Fill((byte)'0');
        whole[0] = isNegative ? (byte)'-' : (byte)'+';
        significant.CopyTo(whole[1..]);
        whole = whole[..(1 + significant.Length + zeros)];
        return Utf8Parser.TryParse(whole, out value, out read) && read == whole.Length;
    }
}

/// <summary>
/// A text that people read and nothing depends on. Nothing said in it refuses the request it comes with: control characters
/// and broken ones are left out, a number is taken as written, and whatever else is no text counts as not said.
/// </summary>
internal sealed class InformationalTextConverter : JsonConverter<string>
{
    /// <summary>The text as it is kept: cut to a length, between two characters; null when nothing is left.</summary>
    public static string? Cut(string? text, int longest)
    {
        if (text?.Length > longest)
            text = text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)].TrimEnd();
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return Clean(TextOf(reader));
            case JsonTokenType.Number:
                return Raw(reader);
            default:
                reader.Skip();
                return null;
        }
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    private static string TextOf(in Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException) // a lone surrogate: the client cut a character in half
        {
            var raw = Raw(reader);
            return reader.ValueIsEscaped ? Regex.Unescape(raw) : raw;
        }
    }

    private static string Raw(in Utf8JsonReader reader) =>
        reader.HasValueSequence ? Encoding.UTF8.GetString(reader.ValueSequence) : Encoding.UTF8.GetString(reader.ValueSpan);

    private static string Clean(string text)
    {
        if (text.All(character => !char.IsControl(character) && !char.IsSurrogate(character)))
            return text.Trim();
        var cleaned = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // a lone surrogate becomes the replacement character
        {
            if (!Rune.IsControl(rune) && rune != Rune.ReplacementChar)
                cleaned.Append(rune);
        }
        return cleaned.ToString().Trim();
    }
}
