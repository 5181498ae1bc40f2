using System.Globalization;
using System.Net.Mime;
using System.Text;
using Microsoft.Net.Http.Headers;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Downloads;

/// <summary>Writes separated values (RFC 4180) that spreadsheets take for text and never for a formula. Pure.</summary>
internal static class Csv
{
    public const char Comma = ',';
    public const char Semicolon = ';';

    /// <summary>UTF-8 with the mark that makes spreadsheets read it as such.</summary>
    public static readonly Encoding Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: true);

    /// <summary>Adds one line.</summary>
    public static void AppendLine(StringBuilder text, IReadOnlyList<string> fields, char separator = Comma)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (i > 0)
                text.Append(separator);
            AppendField(text, fields[i]);
        }
        text.Append("\r\n");
    }

    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Number(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static void AppendField(StringBuilder text, string field)
    {
        // Viewers choose their names. A spreadsheet would run one that begins like a formula.
        if (field.Length > 0 && field[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
            field = "'" + field;
        // Either separator: a spreadsheet of another language splits at the other one.
        if (field.AsSpan().IndexOfAny("\",;\r\n") < 0)
            text.Append(field);
        else
            text.Append('"').Append(field.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }
}

/// <summary>How one viewer's files are written: what separates the values, and in which zone local dates and times are.</summary>
internal sealed record CsvFormat(char Separator, TimeZoneInfo Zone)
{
    /// <summary>The names of <see cref="Local"/>'s columns.</summary>
    public static string[] LocalColumns(string of) => [of + "_date", of + "_time"];

    /// <summary>As asked for with <c>separator</c>, or as the spreadsheets of the browser's language: a semicolon where numbers have a decimal comma.</summary>
    public static CsvFormat Of(HttpContext http)
    {
        var separator = http.Request.Query["separator"].ToString() switch
        {
            "comma" => Csv.Comma,
            "semicolon" => Csv.Semicolon,
            _ => CultureInfo.CurrentCulture.NumberFormat.NumberDecimalSeparator == "," ? Csv.Semicolon : Csv.Comma,
        };
        return new CsvFormat(separator, http.Request.Cookies["presence-time-zone"] is { Length: > 0 } zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found : TimeZoneInfo.Utc);
    }

    /// <summary>An instant's date and time where the viewer is, in a form that spreadsheets of every language read.</summary>
    public string[] Local(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, Zone);
        return [local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), local.ToString("HH:mm:ss", CultureInfo.InvariantCulture)];
    }
}

/// <summary>A file of rows, sent as they are read.</summary>
/// <param name="Name">What the browser calls it.</param>
/// <param name="Header">The columns. New ones stand at the end: scripts read them by place too.</param>
/// <param name="Rows">The rows.</param>
internal sealed record CsvFile(string Name, IReadOnlyList<string> Header, IAsyncEnumerable<IReadOnlyList<string>> Rows)
{
    /// <summary>Written at once: small enough for memory, large enough for the network.</summary>
    private const int FlushAt = 32 * 1024;

    public async Task SendAsync(HttpContext http, CsvFormat format)
    {
        var (response, cancellationToken) = (http.Response, http.RequestAborted);
        var disposition = new ContentDispositionHeaderValue(DispositionTypeNames.Attachment);
        disposition.SetHttpFileName(Name);
        response.ContentType = "text/csv; charset=utf-8; header=present";
        response.Headers.ContentDisposition = disposition.ToString();
        response.Headers.CacheControl = "no-store";

        if (HeadMiddleware.IsHead(http))
            return;
        await response.Body.WriteAsync(Csv.Encoding.GetPreamble(), cancellationToken);
        var text = new StringBuilder();
        Csv.AppendLine(text, Header, format.Separator);
        await foreach (var row in Rows.WithCancellation(cancellationToken))
        {
            Csv.AppendLine(text, row, format.Separator);
            if (text.Length >= FlushAt)
                await FlushAsync();
        }
        await FlushAsync();

        async Task FlushAsync()
        {
            await response.Body.WriteAsync(Csv.Encoding.GetBytes(text.ToString()), cancellationToken);
            text.Clear();
        }
    }
}
