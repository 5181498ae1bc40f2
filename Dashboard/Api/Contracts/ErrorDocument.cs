namespace Presence.Dashboard.Api.Contracts;

/// <summary>What every refusal answers.</summary>
internal sealed record ErrorDocument(string Status, int Code, string Message, ErrorDetail? Data);
