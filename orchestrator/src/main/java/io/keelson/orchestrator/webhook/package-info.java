/**
 * Calls to services that operators name in objects, over HTTPS: conversion of kinds that are defined at run time. A shell; the only
 * package that opens connections to such services.
 */
@NullMarked
package io.keelson.orchestrator.webhook;

import org.jspecify.annotations.NullMarked;
