using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>What every refusal answers.</summary>
/// <param name="Status">Always "error".</param>
/// <param name="Code">What clients tell refusals apart by; never used for anything else.</param>
/// <param name="Message">What is wrong and the way out, for people.</param>
/// <param name="Data">Particulars, where there are any.</param>
internal sealed record ErrorDocument([property: AllowedValues("error")] string Status, int Code, string Message, ErrorDetail? Data);
