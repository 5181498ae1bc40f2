using System.Globalization;
using System.Text;

namespace Presence.Dashboard.Downloads;

/// <summary>Writes comma-separated values (RFC 4180) that spreadsheets take for text and never for a formula. Pure.</summary>
internal static class Csv
{
    /// <summary>UTF-8 with the mark that makes spreadsheets read it as such.</summary>
    public static readonly Encoding Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: true);

    /// <summary>Adds one line.</summary>
    public static void AppendLine(StringBuilder text, IReadOnlyList<string> fields)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (i > 0)
                text.Append(',');
            AppendField(text, fields[i]);
        }
        text.Append("\r\n");
    }

    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void AppendField(StringBuilder text, string field)
    {
        // A viewer chooses its name: one that begins like a formula would be run by whoever opens the file.
        if (field.Length > 0 && field[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
            field = "'" + field;
        if (field.AsSpan().IndexOfAny("\",\r\n") < 0)
            text.Append(field);
        else
            text.Append('"').Append(field.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }
}
