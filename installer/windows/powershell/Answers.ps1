# Objects and errors of what writeback said.

# how writeback ends, by its exit code: the id of the error, and its category
$script:Ends = @{
    1 = @('RolledBack', [System.Management.Automation.ErrorCategory]::OperationStopped)
    2 = @('Refused', [System.Management.Automation.ErrorCategory]::InvalidArgument)
    3 = @('NotClean', [System.Management.Automation.ErrorCategory]::InvalidResult)
    4 = @('Findings', [System.Management.Automation.ErrorCategory]::ResourceUnavailable)
}

# property of the object = field of the JSON object
$script:StatusFields = [ordered]@{
    Summary = 'summary'
    Installed = 'installed'
    Writeback = 'writeback'
    Running = 'running'
    Ready = 'ready'
    Answers = 'answers'
    Relay = 'relay'
    Directory = 'directory'
    Attention = 'attention'
    BreakerIsOpen = 'breaker_is_open'
    Nobody = 'nobody'
    Agent = 'agent'
    Version = 'version'
    Since = 'since'
    Fingerprint = 'fingerprint'
    Portal = 'portal'
    Keys = 'keys'
    Authority = 'authority'
    Drift = 'drift'
    CutOff = 'cut_off'
    Lost = 'lost'
    Remedy = 'remedy'
}
$script:ResetFields = [ordered]@{
    Code = 'code'
    Message = 'message'
    Detail = 'admin'
    CheckOnly = 'check_only'
    Milliseconds = 'ms'
    Answer = 'answer'
}
$script:PersonFields = [ordered]@{
    DistinguishedName = 'dn'
    Guid = 'guid'
    Reset = 'reset'
    Change = 'change'
    Unlock = 'unlock'
    MustChange = 'must_change'
    Notes = 'notes'
    Controller = 'controller'
    Foreseen = 'foreseen'
    Policy = 'policy'
    SelfService = 'self_service'
}
$script:CoverageFields = [ordered]@{
    People = 'people'
    WouldWork = 'would_work'
    Foreseen = 'foreseen'
    Causes = 'causes'
    Examples = 'some'
    Findings = 'findings'
}
$script:PlanFields = [ordered]@{
    Changes = 'changes'
    Told = 'told'
    HandOver = 'hand_over'
}

function Get-Field {
    # what is not there is null: an older or a newer writeback may say less
    param([object] $Answer, [string] $Name)

    $found = $Answer.PSObject.Properties[$Name]
    if ($null -ne $found) {
        return , $found.Value
    }
    return $null
}

function ConvertTo-WritebackObject {
    # one object of the type, with exactly the properties of the table
    param([object] $Answer, [string] $TypeName, [System.Collections.IDictionary] $Fields)

    $properties = [ordered]@{}
    foreach ($property in $Fields.Keys) {
        $properties[$property] = Get-Field -Answer $Answer -Name $Fields[$property]
    }
    $made = [pscustomobject] $properties
    $made.PSObject.TypeNames.Insert(0, $TypeName)
    return $made
}

function Test-Refused {
    # findings are an answer; an error is none, and neither is a run that was taken back
    [OutputType([bool])]
    param([object] $Outcome)

    if ($null -eq $Outcome.Answer -or $Outcome.Exit -notin 0, 4) {
        return $true
    }
    return [bool] (Get-Field -Answer $Outcome.Answer -Name 'error')
}

function New-WritebackError {
    # an ErrorRecord of what writeback said: id by how it ended, its remedy recommended
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
    [OutputType([System.Management.Automation.ErrorRecord])]
    param([object] $Outcome)

    $id, $category = 'NoAnswer', [System.Management.Automation.ErrorCategory]::FromStdErr
    $what = $Outcome.Told -join ' '
    $remedy = ''
    if ($null -ne $Outcome.Answer) {
        if ($script:Ends.ContainsKey($Outcome.Exit)) {
            $id, $category = $script:Ends[$Outcome.Exit]
        }
        # `error` of what was refused; `failed` and `reason` of a change that failed
        $parts = 'error', 'failed', 'reason' | ForEach-Object -Process {
            Get-Field -Answer $Outcome.Answer -Name $_
        }
        $what = ($parts | Where-Object -FilterScript { $_ }) -join ': '
        $remedy = [string] (Get-Field -Answer $Outcome.Answer -Name 'remedy')
        if (-not $remedy -and $Outcome.Exit -eq 3) {
            $remedy = 'Fix the cause, then writeback rollback goes on with it.'
        }
    }
    if (-not $what) {
        $what = "writeback ended with exit code $($Outcome.Exit) and said nothing."
    }
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $what
    $exception.Data['ExitCode'] = $Outcome.Exit
    $record = New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList @(
        $exception, "Writeback.$id", $category, $Outcome.Answer
    )
    if ($remedy) {
        $record.ErrorDetails = New-Object -TypeName System.Management.Automation.ErrorDetails -ArgumentList $what
        $record.ErrorDetails.RecommendedAction = $remedy
    }
    return $record
}
