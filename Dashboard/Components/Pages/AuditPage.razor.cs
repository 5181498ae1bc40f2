using System.Globalization;
using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Pages;

/// <summary>The audit log: who did what, when, and to whom.</summary>
public sealed partial class AuditPage
{
    private AuditVerification? _verified;
    private bool _isVerifying;

    [SupplyParameterFromQuery(Name = "kind")]
    private string? Kind { get; set; }

    [SupplyParameterFromQuery(Name = "search")]
    private string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "days")]
    private string? Days { get; set; }

    [SupplyParameterFromQuery(Name = "before")]
    private string? Before { get; set; }

    [Inject]
    private AuditAdministration Audit { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    protected override string Asked => View.ToString();

    /// <summary>The latest page goes on; an older one stands still.</summary>
    protected override bool GoesOn => View.Before is null;

    private AuditView View => AuditView.Of(Kind, Search, Days, Before);

    private bool IsFiltered => View with { Before = null } != new AuditView(null, null, null, null);

    private string CsvHref => "downloads/audit.csv" + new Uri(Navigation.GetUriWithQueryParameter("before", (string?)null)).Query;

    protected override Task<AuditReading> ReadAsync(CancellationToken cancellationToken) => Audit.ReadAsync(View, cancellationToken);

    private static string RangeText(int? days) => days is { } some ? Numbers.Of(some, AuditTexts.Day, AuditTexts.Days) : AuditTexts.AllTime;

    private static string VerifiedText(AuditVerification verified) => verified.FirstBroken is { } broken
        ? Sentence.With(AuditTexts.Broken, Numbers.Count(broken), verified.Problem!)
        : Sentence.With(AuditTexts.Verified, Numbers.Count(verified.Count), verified.Last is { } last ? Convert.ToHexStringLower(last.Hash.AsSpan(0, 8)) : "-");

    private static string Raw(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Another filter begins at the latest again.</summary>
    private string HrefOf(string name, string? value) =>
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["before"] = null, [name] = value });

    private async Task VerifyAsync()
    {
        _isVerifying = true;
        StateHasChanged();
        try
        {
            _verified = await Audit.VerifyAsync(CancellationToken.None);
        }
#pragma warning disable CA1031 // any failure: the page says so
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failures.Note(failure, "The audit log couldn't be verified.");
            _verified = null;
        }
        _isVerifying = false;
    }
}
